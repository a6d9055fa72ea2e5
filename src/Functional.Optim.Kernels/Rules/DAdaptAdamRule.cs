using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// D-Adaptation of Adam (Defazio and Mishchenko, 2023): s' = √β₂·s + (1 − √β₂)·a·g, v' = β₂·v + (1 − β₂)·g², m' = β₁·m
/// + (1 − β₁)·a·g, and passes on m' / (√v' + ε) + λ·θ, where a division by 0 gives 0. The rate a is inside.
/// </summary>
/// <remarks>Three slots: s, v, then m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct DAdaptAdamRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> penalty;
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly RunningMean<T> sum;
    private readonly T rate;
    private readonly T epsilon;
    private readonly DecayRule<T> decay;

    /// <param name="penalty">What makes g of the update: its own λ, an L2 penalty.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="rate">a.</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="decay">λ, decoupled, times a.</param>
    internal DAdaptAdamRule(
        DecayRule<T> penalty, double beta1, double beta2, double rate, double epsilon, double decay)
    {
        (this.penalty, mean, squares, sum) = (penalty, new(beta1), new(beta2), new(Math.Sqrt(beta2)));
        this.rate = T.CreateTruncating(rate);
        this.epsilon = T.CreateTruncating(epsilon);
        this.decay = new(T.CreateTruncating(decay));
    }

    /// <inheritdoc/>
    public static int SlotCount => 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane g = penalty.Apply(parameter, update, ref slots, first);
        TLane step = TLane.Broadcast(rate) * g;
        TLane v = squares.NextOfSquare(slots[first + 1], g), m = mean.Next(slots[first + 2], step);
        slots[first] = sum.Next(slots[first], step);
        slots[first + 1] = v;
        slots[first + 2] = m;
        TLane move = Quotient.Of<T, TLane>(m, TLane.Sqrt(v) + TLane.Broadcast(epsilon));
        return decay.Apply(parameter, move, ref slots, first);
    }
}

/// <summary>
/// What the D-Adaptation of Adam measures first: returns g·s / (√v + ε) with s and v before the update, and leaves |s'|
/// in its first slot.
/// </summary>
/// <remarks>Two slots: s, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="rate">a.</param>
/// <param name="epsilon">ε, not negative.</param>
internal readonly struct DAdaptAdamTerms<T>(double beta2, double rate, double epsilon) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> sum = new(Math.Sqrt(beta2));
    private readonly T rate = T.CreateTruncating(rate);
    private readonly T epsilon = T.CreateTruncating(epsilon);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane s = slots[first];
        slots[first] = TLane.Abs(sum.Next(s, TLane.Broadcast(rate) * update));
        return update * Quotient.Of<T, TLane>(s, TLane.Sqrt(slots[first + 1]) + TLane.Broadcast(epsilon));
    }
}
