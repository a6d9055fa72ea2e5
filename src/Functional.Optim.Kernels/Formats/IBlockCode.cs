using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>Codes of 8 bits for the numbers of a block, in units of the scale of the block.</summary>
internal interface IBlockCode
{
    /// <summary>The numbers of codes, of which the lowest 8 bits count.</summary>
    static abstract Vector512<float> Decode(Vector512<int> codes, Vector512<float> scale);

    /// <summary>The codes of numbers, in the lowest 8 bits.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="perScale">1 / scale.</param>
    /// <param name="random">12 random bits, by which the codes are rounded.</param>
    static abstract Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<uint> random);
}
