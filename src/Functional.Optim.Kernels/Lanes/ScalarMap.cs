using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>A function of one number, in double.</summary>
internal interface IScalarFunction
{
    /// <summary>f(x).</summary>
    double Of(double x);
}

/// <summary>A function that has no form over lanes, number by number.</summary>
internal static unsafe class ScalarMap
{
    private const int WidestLane = 16;

    /// <summary>
    /// f of each number of a lane, computed in double. Never inlined, because the memory of the numbers is on the
    /// stack, and the callers are loops.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TLane Of<T, TLane, TFunction>(TLane x, TFunction function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TFunction : struct, IScalarFunction
    {
        T* numbers = stackalloc T[WidestLane];
        TLane.Store(x, numbers);
        for (int index = 0; index < TLane.Width; index++)
            numbers[index] = T.CreateTruncating(function.Of(double.CreateTruncating(numbers[index])));
        return TLane.Load(numbers);
    }
}
