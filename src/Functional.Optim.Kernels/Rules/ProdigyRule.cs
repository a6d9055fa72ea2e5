using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Prodigy (Mishchenko and Defazio, 2024): s' = β₃·s + c·g, m' = β₁·m + (1 − β₁)·d·g, v' = β₂·v + (1 − β₂)·(d·g)², and
/// passes on a·(m' / (√v' + ε) + λ·θ), where a division by 0 gives 0.
/// </summary>
/// <remarks>Four slots: s, the parameters at the start, which stay, m, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct ProdigyRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> penalty;
    private readonly ProdigySum<T> sum;
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly T estimate;
    private readonly T epsilon;
    private readonly T rate;
    private readonly DecayRule<T> decay;

    /// <param name="penalty">What makes g of the update: its own λ, an L2 penalty.</param>
    /// <param name="sum">s'.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="estimate">d, that of the update before.</param>
    /// <param name="epsilon">ε, here times the new d; not negative.</param>
    /// <param name="rate">a.</param>
    /// <param name="decay">λ, decoupled.</param>
    internal ProdigyRule(
        DecayRule<T> penalty, ProdigySum<T> sum, double beta1, double beta2, double estimate, double epsilon,
        double rate, double decay)
    {
        (this.penalty, this.sum, mean, squares) = (penalty, sum, new(beta1), new(beta2));
        this.estimate = T.CreateTruncating(estimate);
        this.epsilon = T.CreateTruncating(epsilon);
        this.rate = T.CreateTruncating(rate);
        this.decay = new(T.CreateTruncating(decay));
    }

    /// <inheritdoc/>
    public static int SlotCount => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane g = penalty.Apply(parameter, update, ref slots, first);
        TLane scaled = TLane.Broadcast(estimate) * g;
        TLane m = mean.Next(slots[first + 2], scaled), v = squares.NextOfSquare(slots[first + 3], scaled);
        slots[first] = sum.Next(slots[first], g);
        slots[first + 2] = m;
        slots[first + 3] = v;
        TLane move = Quotient.Of<T, TLane>(m, TLane.Sqrt(v) + TLane.Broadcast(epsilon));
        return TLane.Broadcast(rate) * decay.Apply(parameter, move, ref slots, first);
    }
}

/// <summary>s' = β₃·s + c·g, whose size measures how far the parameters could have come.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta3">β₃, in [0, 1).</param>
/// <param name="weight">c.</param>
internal readonly struct ProdigySum<T>(double beta3, double weight)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T beta3 = T.CreateTruncating(beta3);
    private readonly T weight = T.CreateTruncating(weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLane Next<TLane>(TLane sum, TLane gradient)
        where TLane : struct, ILane<TLane, T> =>
        TLane.FusedMultiplyAdd(TLane.Broadcast(beta3), sum, TLane.Broadcast(weight) * gradient);
}

/// <summary>What Prodigy measures first: returns g·(θ₀ − θ), and leaves |s'| in its first slot.</summary>
/// <remarks>Two slots: s, then the parameters at the start.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="sum">s'.</param>
internal readonly struct ProdigyTerms<T>(ProdigySum<T> sum) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ProdigySum<T> sum = sum;

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        slots[first] = TLane.Abs(sum.Next(slots[first], update));
        return update * (slots[first + 1] - parameter);
    }
}
