using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// How the numbers of a slot are kept between steps; they are computed in the type of the parameters always.
/// </summary>
/// <remarks>
/// Where a number of a block is infinite or NaN, all of the block become NaN, so that the trainer finds it. Scales have
/// 16 bits of precision, so that a code times its scale is exact, and decoded numbers have the same codes again.
/// </remarks>
public enum StateFormat
{
    /// <summary>As the parameters: float or double.</summary>
    Full,

    /// <summary>
    /// In 16 bits: the range of a float with 8 bits of precision. Each step rounds stochastically, from bits that
    /// depend on the step, the slot and the place only.
    /// </summary>
    BFloat16,

    /// <summary>
    /// In 8 bits as e4m3, 3 bits of precision and a range of 2.3e5, in blocks of 256 numbers with a float scale, the
    /// largest magnitude / 448. What is not 0 does not become 0. Rounds stochastically. A block never holds numbers of
    /// two leaves.
    /// </summary>
    /// <remarks>The optimizers of torchao have the same codes and blocks, and round to the nearest.</remarks>
    Float8,

    /// <summary>
    /// In 8 bits as an integer, in blocks of 256 numbers with a float scale: of a block with a negative number an
    /// integer from −127 to 127 (and a negative scale), of others the root, from 0 to 255, so that second moments have a
    /// range of 6.5e4. Of those, what is not 0 does not become 0. Rounds stochastically. A block never holds numbers of
    /// two leaves.
    /// </summary>
    Int8,
}

/// <summary>What the formats take of memory.</summary>
internal static class StateFormats
{
    /// <summary>The bytes of a number, or of a code.</summary>
    internal static int BytesPerElement<T>(this StateFormat format)
        where T : unmanaged => format switch
    {
        StateFormat.Full => Unsafe.SizeOf<T>(),
        StateFormat.BFloat16 => sizeof(ushort),
        _ => sizeof(byte),
    };

    /// <summary>Whether the numbers are in blocks with a scale.</summary>
    internal static bool HasBlocks(this StateFormat format) => format >= StateFormat.Float8;

    /// <summary>The bytes of a parameter, scales included, where leaves are large.</summary>
    internal static double BytesPerParameter<T>(this StateFormat format)
        where T : unmanaged =>
        format.BytesPerElement<T>() + (format.HasBlocks() ? sizeof(float) / (double)BlockCodes.BlockLength : 0);

    /// <summary>The format in the kernels.</summary>
    internal static SlotFormat InKernels(this StateFormat format) => (SlotFormat)format;
}
