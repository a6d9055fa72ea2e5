using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>How the height of <see cref="Cyclic"/>'s triangle changes; torch's names in brackets.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CyclicMode>))]
public enum CyclicMode
{
    /// <summary>Always the same: s = 1 (triangular).</summary>
    Triangular,

    /// <summary>Half of the last in each cycle: s = 2^(−cycle), cycle from 0 (triangular2).</summary>
    Triangular2,

    /// <summary>Less with each step: s = γᵏ (exp_range).</summary>
    ExponentialRange,
}
