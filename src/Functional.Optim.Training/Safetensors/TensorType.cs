using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>
/// The element type of a tensor in a safetensors file. A file has its tensors in descending order of these values.
/// </summary>
public enum TensorType
{
    /// <summary>A byte that is 0 or 1.</summary>
    Bool,

    /// <summary>An unsigned byte.</summary>
    U8,

    /// <summary>A signed byte.</summary>
    I8,

    /// <summary>8 bits: 5 of exponent, 2 of mantissa.</summary>
    F8E5M2,

    /// <summary>8 bits: 4 of exponent, 3 of mantissa.</summary>
    F8E4M3,

    /// <summary>8 bits of exponent: a power of two.</summary>
    F8E8M0,

    /// <summary>A signed integer of 16 bits.</summary>
    I16,

    /// <summary>An unsigned integer of 16 bits.</summary>
    U16,

    /// <summary>16 bits: 5 of exponent, 10 of mantissa (<see cref="Half"/>).</summary>
    F16,

    /// <summary>16 bits: the upper half of a float.</summary>
    BF16,

    /// <summary>A signed integer of 32 bits.</summary>
    I32,

    /// <summary>An unsigned integer of 32 bits.</summary>
    U32,

    /// <summary>A <see cref="float"/>.</summary>
    F32,

    /// <summary>A complex number of two floats.</summary>
    C64,

    /// <summary>A <see cref="double"/>.</summary>
    F64,

    /// <summary>A signed integer of 64 bits.</summary>
    I64,

    /// <summary>An unsigned integer of 64 bits.</summary>
    U64,
}

/// <summary>The names and sizes of element types.</summary>
internal static class TensorTypes
{
    /// <summary>By value of the type.</summary>
    private static readonly ImmutableArray<(string Name, int Bytes)> All =
    [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("F8_E8M0", 1), ("I16", 2), ("U16", 2),
        ("F16", 2), ("BF16", 2), ("I32", 4), ("U32", 4), ("F32", 4), ("C64", 8), ("F64", 8), ("I64", 8), ("U64", 8),
    ];

    /// <summary>The bytes of one element.</summary>
    internal static int Bytes(this TensorType type) => All[(int)type].Bytes;

    /// <summary>The name in a file, such as F32.</summary>
    internal static string Name(this TensorType type) => All[(int)type].Name;

    /// <summary>The type of a name.</summary>
    internal static TensorType? Parse(string name)
    {
        for (int type = 0; type < All.Length; type++)
        {
            if (All[type].Name == name) return (TensorType)type;
        }

        return null;
    }
}
