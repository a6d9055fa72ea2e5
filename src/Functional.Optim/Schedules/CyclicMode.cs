using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>How the height of the triangles of <see cref="Cyclic"/> changes; torch's names in brackets.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CyclicMode>))]
public enum CyclicMode
{
    /// <summary>Constant: s = 1 (triangular).</summary>
    Triangular,

    /// <summary>Halved from each cycle to the next: s = 2^(−cycle), cycle from 0 (triangular2).</summary>
    Triangular2,

    /// <summary>Decaying with each step: s = γᵏ (exp_range).</summary>
    ExponentialRange,
}
