using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The sine over lanes, with the same bits at every width.</summary>
internal static class Sine
{
    /// <summary>
    /// sin(π·x) for x from −½ to ½, to about two units in the last place: the Taylor series, up to x¹³ for float and
    /// x²¹ for double.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane OfHalfTurns<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        // The coefficients are (−1)ᵏ·π²ᵏ⁺¹ / (2k + 1)!.
        TLane square = x * x, sum;
        if (typeof(T) == typeof(float))
        {
            sum = Constant(0.00046630280576761234);
        }
        else
        {
            sum = Constant(5.392664662608125e-10);
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(-2.2948428997269856e-08));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(7.952054001475508e-07));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(-2.1915353447830204e-05));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(0.00046630280576761234));
        }

        sum = TLane.FusedMultiplyAdd(sum, square, Constant(-0.007370430945714348));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(0.08214588661112819));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(-0.5992645293207921));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(2.5501640398773455));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(-5.167712780049969));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(Math.PI));
        return sum * x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TLane Constant(double value) => TLane.Broadcast(T.CreateTruncating(value));
    }
}
