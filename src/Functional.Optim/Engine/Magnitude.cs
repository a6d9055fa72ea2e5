using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>|x|, for sums.</summary>
internal readonly struct Magnitude : BlockReduction.IMap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Of<TLane>(TLane value)
        where TLane : struct, ILane<TLane, double> => TLane.Abs(value);
}
