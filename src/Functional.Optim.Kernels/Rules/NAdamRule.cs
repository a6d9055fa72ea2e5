using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// NAdam scaling (Dozat, 2016): m and v as in <see cref="AdamRule{T}"/>, μ_t = β₁·(1 − ½·0.96^(t·ψ)), Π_t = μ_1·…·μ_t,
/// and passes on ((1 − μ_t) / (1 − Π_t)·g + μ_{t+1} / (1 − Π_{t+1})·m') / (√v̂ + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>Two slots: m, then v. Π is a function of t, so that it needs no state.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct NAdamRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly T ofGradient;
    private readonly T ofMean;
    private readonly T rootOfSecondCorrection;
    private readonly T epsilon;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="momentumDecay">ψ, not negative.</param>
    /// <param name="asTorchBefore2">Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    public NAdamRule(double beta1, double beta2, double epsilon, double momentumDecay, bool asTorchBefore2, long step)
        : this(beta1, beta2, epsilon, step)
    {
        double product = LogarithmOfProduct(beta1, momentumDecay, step), power = Power(momentumDecay, step),
            next = Momentum(beta1, momentumDecay, step + 1.0),
            nextProduct = product + Math.Log(next)
                + (asTorchBefore2 ? Math.Log(Momentum(beta1, momentumDecay, step)) : 0);
        ofGradient = T.CreateTruncating((1 - beta1 + (0.5 * beta1 * power)) / BiasCorrection.OfLogarithm(product));
        ofMean = T.CreateTruncating(next / BiasCorrection.OfLogarithm(nextProduct));
    }

    /// <summary>
    /// The rule for one update of NAdamW, whose momentum does not rise: it passes on (β₁ / (1 − β₁ᵗ⁺ᵃ)·m' + (1 − β₁) /
    /// (1 − β₁ᵗ)·g) / (√v̂ + ε).
    /// </summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="ahead">a, by how many updates the correction of the momentum is ahead; not negative.</param>
    public NAdamRule(double beta1, double beta2, double epsilon, long step, int ahead)
        : this(beta1, beta2, epsilon, step)
    {
        ofGradient = T.CreateTruncating((1 - beta1) / BiasCorrection.Factor(beta1, step));
        ofMean = T.CreateTruncating(beta1 / BiasCorrection.Factor(beta1, step + (double)ahead));
    }

    private NAdamRule(double beta1, double beta2, double epsilon, long step)
    {
        mean = new(beta1);
        squares = new(beta2);
        rootOfSecondCorrection = T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta2, step)));
        this.epsilon = T.CreateTruncating(epsilon);
    }

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane v = squares.NextOfSquare(slots[first + 1], update);
        TLane root = TLane.FusedMultiplyAdd(
            TLane.Sqrt(v), TLane.Broadcast(rootOfSecondCorrection), TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = v;
        return Quotient.Of<T, TLane>(
            TLane.FusedMultiplyAdd(TLane.Broadcast(ofMean), m, TLane.Broadcast(ofGradient) * update), root);
    }

    private static double Momentum(double beta1, double momentumDecay, double step) =>
        beta1 * (1 - (0.5 * Power(momentumDecay, step)));

    private static double Power(double momentumDecay, double step) => Math.Pow(0.96, step * momentumDecay);

    /// <summary>
    /// ln Π_t = t·ln β₁ − Σ_n 2⁻ⁿ / n·(qⁿ + q²ⁿ + … + qᵗⁿ) with q = 0.96^ψ, from the series of ln(1 − ½·qᵏ): at most
    /// some fifty terms, however many factors there are, and none or one where 1 − Π_t is 1.
    /// </summary>
    private static double LogarithmOfProduct(double beta1, double momentumDecay, double step)
    {
        double logarithm = step * Math.Log(beta1), ratio = momentumDecay * Math.Log(0.96), sum = 0;
        if (logarithm < -40) return logarithm;
        for (int n = 1; n <= 60; n++)
        {
            double powers = ratio == 0
                ? step
                : Math.Exp(n * ratio) * BiasCorrection.OfLogarithm(n * step * ratio)
                    / BiasCorrection.OfLogarithm(n * ratio);
            double term = Math.ScaleB(powers, -n) / n;
            sum += term;
            if (term <= 1e-17 * sum || sum - logarithm > 40) break;
        }

        return logarithm - sum;
    }
}
