using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// D-Adaptation of Lion (Defazio and Mishchenko, 2023): u = sign(β₁·m + (1 − β₁)·g), s' = √β₂·s + (1 − √β₂)·a·u, m' =
/// β₂·m + (1 − β₂)·a·g, and passes on a·(u + λ·θ).
/// </summary>
/// <remarks>Two slots: s, then m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="rate">a.</param>
/// <param name="decay">λ, decoupled.</param>
internal readonly struct DAdaptLionRule<T>(double beta1, double beta2, double rate, double decay)
    : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> direction = new(beta1);
    private readonly RunningMean<T> mean = new(beta2);
    private readonly RunningMean<T> sum = new(Math.Sqrt(beta2));
    private readonly T rate = T.CreateTruncating(rate);
    private readonly DecayRule<T> decay = new(T.CreateTruncating(decay));

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = slots[first + 1], a = TLane.Broadcast(rate);
        TLane sign = Sign.Of<T, TLane>(direction.Next(m, update));
        slots[first] = sum.Next(slots[first], a * sign);
        slots[first + 1] = mean.Next(m, a * update);
        return a * decay.Apply(parameter, sign, ref slots, first);
    }
}

/// <summary>
/// What the D-Adaptation of Lion measures first: returns u·s with s before the update, and leaves |s'| in its first
/// slot.
/// </summary>
/// <remarks>Two slots: s, then m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="rate">a.</param>
internal readonly struct DAdaptLionTerms<T>(double beta1, double beta2, double rate) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> direction = new(beta1);
    private readonly RunningMean<T> sum = new(Math.Sqrt(beta2));
    private readonly T rate = T.CreateTruncating(rate);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane s = slots[first];
        TLane sign = Sign.Of<T, TLane>(direction.Next(slots[first + 1], update));
        slots[first] = TLane.Abs(sum.Next(s, TLane.Broadcast(rate) * sign));
        // An infinity has a sign too. What is added is 0, or NaN where the gradient is not finite.
        return TLane.FusedMultiplyAdd(sign, s, update - update);
    }
}
