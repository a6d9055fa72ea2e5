using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>The header of a safetensors file.</summary>
/// <param name="Tensors">The tensors, in the order of their elements.</param>
/// <param name="Metadata">The texts of the file, in its order.</param>
/// <param name="ChecksumAt">
/// Where in the header the 64 digits of <see cref="ChecksumKey"/> begin; −1 where it has none.
/// </param>
internal sealed record SafetensorsHeader(
    ImmutableArray<TensorDescription> Tensors, IReadOnlyDictionary<string, string> Metadata, int ChecksumAt)
{
    /// <summary>
    /// The key of the metadata with the SHA-256 of the whole file, as 64 digits, which count as zeros for it.
    /// </summary>
    internal const string ChecksumKey = "sha256";

    /// <summary>The number of digits of a checksum.</summary>
    internal const int ChecksumDigits = 64;

    /// <summary>The name that no tensor has.</summary>
    internal const string MetadataName = "__metadata__";

    /// <summary>The maximum length of a header, as in other readers.</summary>
    internal const int MaxBytes = 100_000_000;

    /// <summary>The bytes before the header: its length.</summary>
    internal const int PrefixBytes = sizeof(ulong);
}
