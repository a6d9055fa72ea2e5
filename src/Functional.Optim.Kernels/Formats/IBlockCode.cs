using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>Codes of 8 bits for the numbers of a block, in units of the scale of the block.</summary>
internal interface IBlockCode
{
    /// <summary>The numbers of 16 codes.</summary>
    static abstract Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale);

    /// <summary>The codes of 16 numbers, each in the lowest 8 bits.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="perScale">1 / scale.</param>
    /// <param name="random">For each number 12 random bits, of a weight from 2¹¹ on; others are 0.</param>
    static abstract Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<uint> random);
}
