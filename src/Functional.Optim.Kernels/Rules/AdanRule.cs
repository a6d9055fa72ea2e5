using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adan scaling (Xie et al., 2022): d = u − u₋₁ (0 at the first update), m' = β₁·m + (1 − β₁)·u, e' = β₂·e + (1 −
/// β₂)·d, n' = β₃·n + (1 − β₃)·(u + β₂·d)², and passes on (m' / (1 − β₁ᵗ) + β₂·e' / (1 − β₂ᵗ)) / (√n̂ + ε), or 0 where
/// that divides by 0. With a mask m' counts where m'·u > 0 only, times the mask's scale.
/// </summary>
/// <remarks>Four slots: m, e, n, then u of the update before.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct AdanRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> differences;
    private readonly RunningMean<T> squares;
    private readonly T beta2;
    private readonly T meanCorrection;
    private readonly T differenceCorrection;
    private readonly T root;
    private readonly T epsilon;
    private readonly T maskScale;
    private readonly bool isFirst;
    private readonly bool hasMask;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="beta3">β₃, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="maskScale">What m' is multiplied by where m'·u > 0; <see langword="null"/> for no mask.</param>
    public AdanRule(
        double beta1, double beta2, double beta3, double epsilon, long step, double? maskScale = null)
    {
        (mean, differences, squares) = (new(beta1), new(beta2), new(beta3));
        this.beta2 = T.CreateTruncating(beta2);
        meanCorrection = T.CreateTruncating(1 / BiasCorrection.Factor(beta1, step));
        differenceCorrection = T.CreateTruncating(beta2 / BiasCorrection.Factor(beta2, step));
        root = T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta3, step)));
        this.epsilon = T.CreateTruncating(epsilon);
        this.maskScale = T.CreateTruncating(maskScale ?? 1);
        (isFirst, hasMask) = (step == 1, maskScale is not null);
    }

    /// <inheritdoc/>
    public static int SlotCount => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane difference = isFirst ? default : update - slots[first + 3];
        TLane ahead = TLane.FusedMultiplyAdd(TLane.Broadcast(beta2), difference, update);
        TLane m = mean.Next(slots[first], update);
        TLane e = differences.Next(slots[first + 1], difference);
        TLane n = squares.NextOfSquare(slots[first + 2], ahead);
        slots[first] = m;
        slots[first + 1] = e;
        slots[first + 2] = n;
        slots[first + 3] = update;
        TLane divisor = TLane.FusedMultiplyAdd(TLane.Sqrt(n), TLane.Broadcast(root), TLane.Broadcast(epsilon));
        TLane correctedMean = (hasMask ? Masked(m, update) : m) * TLane.Broadcast(meanCorrection);
        return Quotient.Of<T, TLane>(
            TLane.FusedMultiplyAdd(e, TLane.Broadcast(differenceCorrection), correctedMean), divisor);
    }

    /// <summary>What the mask of a leaf is scaled by: 1 over the share of its elements with m'·u > 0, at most
    /// 1000.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="m">m, before the update.</param>
    /// <param name="updates">u, as long, or −u.</param>
    /// <param name="opposite">Whether it is −u.</param>
    public static double MaskScale(double beta1, ReadOnlySpan<T> m, ReadOnlySpan<T> updates, bool opposite = false)
    {
        RunningMean<T> mean = new(beta1);
        int agreeing = 0;
        for (int index = 0; index < updates.Length; index++)
        {
            T update = opposite ? -updates[index] : updates[index];
            T next = mean.Next<ScalarLane<T>>(new(m[index]), new(update)).Value;
            if ((next > T.Zero && update > T.Zero) || (next < T.Zero && update < T.Zero)) agreeing++;
        }

        return 1 / Math.Max(agreeing / Math.Max((double)updates.Length, 1), 1e-3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Masked<TLane>(TLane m, TLane update)
        where TLane : struct, ILane<TLane, T>
    {
        TLane zero = default;
        // The sign times m' is exact; m'·u may be too small to be above 0.
        return TLane.SelectGreater(
            Sign.Of<T, TLane>(update) * m, zero, m * TLane.Broadcast(maskScale), zero);
    }
}
