using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The nearest number of bfloat16 over lanes, with the same bits at every width: 8 bits of precision from 2⁻¹²⁶ on.
/// What would be smaller is 0; what would be larger than the largest is infinite.
/// </summary>
internal static class NearestBFloat16
{
    private const double Smallest = 1.1754943508222875e-38, TooLarge = 3.39617752923046e38;

    /// <remarks>
    /// Splitting a number x of p bits (Dekker, 1971, doi:10.1007/BF01397083): with a = (2ᵖ⁻⁸ + 1)·x, a − (a − x) are its
    /// first 8 bits. Large numbers are scaled meanwhile, so that a is finite.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane number)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        double splitter = typeof(T) == typeof(float) ? (1L << 16) + 1 : (1L << 45) + 1;
        TLane one = Constant(1), size = TLane.Abs(number), large = Constant(1 << 30);
        TLane scaled = number * TLane.SelectGreater(size, large, Constant(1.0 / (1 << 30)), one);
        TLane wide = scaled * Constant(splitter);
        TLane rounded = (wide - (wide - scaled)) * TLane.SelectGreater(size, large, large, one);
        rounded = TLane.SelectGreater(Constant(Smallest), TLane.Abs(rounded), default, rounded);
        return TLane.SelectGreater(Constant(TooLarge), size, rounded, number * Constant(double.PositiveInfinity));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TLane Constant(double value) => TLane.Broadcast(T.CreateTruncating(value));
    }
}
