using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

/// <summary>
/// A part of one's own, written with nothing but what is public. Signum (Bernstein et al., 2018): m' = β·m + (1 − β)·u,
/// and passes on the sign of m'.
/// </summary>
/// <param name="Beta">β, in [0, 1).</param>
public sealed record SignOfMean(double Beta) : Transform
{
    protected override ImmutableArray<string> SlotNames => ["m"];

    protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new SignOfMeanRule<T>(Beta));
}

/// <summary>
/// What <see cref="SignOfMean"/> does at one place, on lanes of any width. The sign of 0 is 0, and that of NaN is NaN.
/// </summary>
public readonly struct SignOfMeanRule<T>(double beta) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta);

    public static int SlotCount => 1;

    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update), zero = default;
        slots[first] = m;
        TLane ofNegative = TLane.SelectGreater(zero, m, TLane.Broadcast(T.NegativeOne), m);
        return TLane.SelectGreater(m, zero, TLane.Broadcast(T.One), ofNegative);
    }
}
