using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>Codes of 8 bits for the numbers of a block, in units of the scale of the block.</summary>
internal interface IBlockCode
{
    /// <summary>The numbers of 32 codes.</summary>
    static abstract (Vector512<float> Lower, Vector512<float> Upper) Decode(
        Vector256<byte> codes, Vector512<float> scale);

    /// <summary>The codes of numbers, in the lowest 8 bits.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="perScale">1 / scale.</param>
    /// <param name="rounding">Random numbers in (1, 2), of which what is behind the point is added before rounding down.
    /// </param>
    static abstract Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<float> rounding);
}
