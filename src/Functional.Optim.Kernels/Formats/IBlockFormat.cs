using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>A format of numbers in blocks, each with a scale.</summary>
internal unsafe interface IBlockFormat
{
    /// <summary>The numbers of 16 codes of a block.</summary>
    static abstract Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale);

    /// <summary>Writes the codes of a block and returns its scale.</summary>
    /// <param name="numbers">The numbers, then zeros up to the next multiple of 32.</param>
    /// <param name="range">Their range.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="random">The random bits of the block, in the order of its elements.</param>
    static abstract float Encode(
        float* numbers, in BlockRange range, byte* codes, int count, Vector512<uint> random);
}
