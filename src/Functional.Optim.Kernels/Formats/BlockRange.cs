using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>How large the numbers of a block are, and whether one has a sign; taken vector by vector.</summary>
internal readonly struct BlockRange
{
    private readonly Vector512<int> largest;
    private readonly Vector512<int> signs;

    private BlockRange(Vector512<int> largest, Vector512<int> signs) => (this.largest, this.signs) = (largest, signs);

    /// <summary>The largest magnitude, NaN where there is one.</summary>
    internal float Largest
    {
        get
        {
            Vector256<int> of8 = Vector256.Max(largest.GetLower(), largest.GetUpper());
            Vector128<int> of4 = Vector128.Max(of8.GetLower(), of8.GetUpper());
            return BitConverter.Int32BitsToSingle(Math.Max(Math.Max(of4[0], of4[1]), Math.Max(of4[2], of4[3])));
        }
    }

    /// <summary>Whether a number has a sign.</summary>
    internal bool HasSign => signs.ExtractMostSignificantBits() != 0;

    /// <summary>The range with more numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal BlockRange With(Vector512<float> numbers)
    {
        // The bits of magnitudes are in the order of the magnitudes, NaN last.
        Vector512<int> bits = numbers.AsInt32();
        return new(Vector512.Max(largest, bits & Vector512.Create(int.MaxValue)), signs | bits);
    }
}
