using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// AdEMAMix (Pagliardini, Ablin and Grangier, 2024, arXiv:2409.03137), AdamW with a second, much slower mean of the
/// gradients: m and v as in <see cref="AdamW"/>, s = β₃·s + (1 − β₃)·g, θ' = θ − η·((m̂ + α·s) / (√v̂ + ε) + λ·θ).
/// Defaults are those of the authors' code; α is 5 in bitsandbytes and in Optax.
/// </summary>
/// <remarks>
/// <para>The slow mean s starts at 0 and has no bias correction. Two warm-ups keep it from being wrong at first; both
/// are mostly as long as the training.</para>
/// <para>In A updates (<see cref="AlphaWarmup"/>) α rises linearly from 0.</para>
/// <para>In B updates (<see cref="Beta3Warmup"/>) β₃ rises from β₁, so that its half-life rises linearly. The half-life
/// of a mean is f(β) = ln ½ / ln(β + 1e-8) − 1, and f(β₃(t)) is on the line from f(β₁) to f(β₃).</para>
/// <para>It keeps three numbers for each parameter. With β₁ = 0 the fast mean is the gradient itself, and it keeps two.
/// </para>
/// </remarks>
public sealed record AdEmaMix : ElementwiseOptimizer
{
    private const double DefaultBeta1 = 0.9, DefaultBeta2 = 0.999, DefaultBeta3 = 0.9999, DefaultAlpha = 2,
        DefaultEpsilon = 1e-8;

    private AdEmaMix()
    {
    }

    /// <summary>β₁, how much of the fast mean of the gradients is kept; in [0, 1), 0 for the gradient itself.</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the mean of the squares is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₃, how much of the slow mean of the gradients is kept; in [0, 1).</summary>
    public double Beta3 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>α, the weight of the slow mean; finite and not negative.</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>A, the first update with the whole α; 0 for no warm-up.</summary>
    public long AlphaWarmup { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <summary>B, the first update with the whole β₃; 0 for no warm-up.</summary>
    public long Beta3Warmup { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Beta1 == 0 ? Slots[1..] : Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m", "slow m", "v"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adEmaMix", "AdamW with a second, much slower mean of the gradients", () => Of(1),
        at => Of(
            at.LearningRate(),
            at.Real("beta1", "β₁, how much of the fast mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of the squares is kept", of => of.Beta2),
            at.Real("beta3", "β₃, how much of the slow mean of the gradients is kept", of => of.Beta3),
            at.Real("alpha", "α, the weight of the slow mean", of => of.Alpha),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Integer("alphaWarmup", "A, the first update with the whole α", of => of.AlphaWarmup),
            at.Integer("beta3Warmup", "B, the first update with the whole β₃", of => of.Beta3Warmup),
            at.WeightDecay(), at.Decay(), at.Maximize(), at.DecayForm()),
        "Pagliardini, Ablin and Grangier, 2024", "bitsandbytes AdEMAMix, Optax ademamix", "α is 5 in both");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='beta1' or @name='weightDecay')]"/>
    /// <param name="beta1">β₁, in [0, 1); 0 for the gradient itself, which takes no number for each parameter.</param>
    /// <param name="beta3">β₃, in [0, 1).</param>
    /// <param name="alpha">α, the weight of the slow mean; finite and not negative, mostly 2 to 10.</param>
    /// <param name="alphaWarmup">A, the first update with the whole α; 0 for no warm-up.</param>
    /// <param name="beta3Warmup">B, the first update with the whole β₃; 0 for no warm-up.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    public static AdEmaMix Of(
        Schedule learningRate, double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double beta3 = DefaultBeta3,
        double alpha = DefaultAlpha, double epsilon = DefaultEpsilon, long alphaWarmup = 0, long beta3Warmup = 0,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new AdEmaMix
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Beta3 = beta3, Alpha = alpha, Epsilon = epsilon,
        AlphaWarmup = alphaWarmup, Beta3Warmup = beta3Warmup, WeightDecay = weightDecay ?? 0,
        DecayFilter = LeafFilter.Of(decay), Maximize = maximize, DecayForm = decayForm,
    });

    /// <summary>The scaling of AdEMAMix, for compositions.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double beta3 = DefaultBeta3,
        double alpha = DefaultAlpha, double epsilon = DefaultEpsilon, long alphaWarmup = 0, long beta3Warmup = 0) =>
        Of(1, beta1, beta2, beta3, alpha, epsilon, alphaWarmup, beta3Warmup).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdEmaMixState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdEmaMixState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        long step = pass.SlotStep;
        double alpha = step < AlphaWarmup ? Alpha * step / AlphaWarmup : Alpha;
        if (Beta1 == 0)
            pass.Add(first, new AdEmaMixOfGradientRule<T>(Beta2, Beta3At(step), alpha, Epsilon, step));
        else
            pass.Add(first, new AdEmaMixRule<T>(Beta1, Beta2, Beta3At(step), alpha, Epsilon, step));
    }

    /// <summary>β₃(t), whose half-life rises in a line.</summary>
    private double Beta3At(long step)
    {
        if (step >= Beta3Warmup) return Beta3;
        double progress = (double)step / Beta3Warmup;
        double halfLife = ((1 - progress) * HalfLife(Beta1)) + (progress * HalfLife(Beta3));
        return Math.Pow(0.5, 1 / (halfLife + 1));

        static double HalfLife(double beta) =>
            (Math.Log(0.5) / Math.Log(Math.Min(beta + 1e-8, Math.BitDecrement(1.0)))) - 1;
    }
}

/// <summary>
/// The state of AdEMAMix: the number of finished updates, the two means of the gradients and that of the squares.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdEmaMixState<T> : IOptimizerState<T, AdEmaMixState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="slowM">s, the slow mean of the gradients.</param>
    /// <param name="v">v, the running mean of their squares.</param>
    /// <param name="m">m, the fast mean of the gradients; <c>default</c> with β₁ = 0.</param>
    public AdEmaMixState(long step, ParameterTree<T> slowM, ParameterTree<T> v, ParameterTree<T> m = default)
        : this(m.IsDefault ? new(step, AdEmaMix.Slots[1..], [slowM, v]) : new(step, AdEmaMix.Slots, [m, slowM, v]))
    {
    }

    private AdEmaMixState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the fast mean of the gradients; <c>default</c> with β₁ = 0.</summary>
    public ParameterTree<T> M => state.SlotCount > 2 ? state[0] : default;

    /// <summary>s, the slow mean of the gradients.</summary>
    public ParameterTree<T> SlowM
    {
        get => state[state.SlotCount - 2];
        init => state = state.With(state.SlotCount - 2, value);
    }

    /// <summary>v, the running mean of their squares.</summary>
    public ParameterTree<T> V
    {
        get => state[state.SlotCount - 1];
        init => state = state.With(state.SlotCount - 1, value);
    }

    /// <inheritdoc/>
    public static AdEmaMixState<T> From(OptimizerState<T> state)
    {
        bool hasMean = state.SlotNames.IsEmpty
            ? state.SlotCount == 3
            : state.Identity.Contains("(m, slow m, v)", StringComparison.Ordinal)
                || (state.Identity.Length == 0 && state.Has(AdEmaMix.Slots[0]));
        return new(state.Part(hasMean ? AdEmaMix.Slots.AsSpan() : AdEmaMix.Slots.AsSpan()[1..]));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
