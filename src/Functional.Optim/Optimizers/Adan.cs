using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adan (Xie et al., 2022, arXiv:2208.06677), Nesterov momentum by the differences of gradients: d = g − g₋₁, m = β₁·m
/// + (1 − β₁)·g, e = β₂·e + (1 − β₂)·d, n = β₃·n + (1 − β₃)·(g + β₂·d)², θ' = (θ − η·(m̂ + β₂·ê) / (√n̂ + ε)) / (1 +
/// η·λ). Defaults and semantics are timm's; each β is the part that is kept, where the paper writes 1 − β.
/// </summary>
/// <remarks>
/// The first update has d = 0. The decay is proximal, a division after the move, or with <c>proximal: false</c>
/// decoupled. The η of the division is that of the schedule; the learning-rate multiplier c of a group multiplies the
/// whole update: θ' = θ − c·η·(u + λ·θ) / (1 + η·λ). Optax has 1 − β₂ where the formulas of n and θ' have β₂. It keeps four numbers for each
/// parameter. With caution the momentum counts only where it has the sign of the gradient, over the share of such
/// elements in the leaf; e counts everywhere, and over spans the span is the leaf.
/// </remarks>
public sealed record Adan : ElementwiseOptimizer
{
    private const double DefaultBeta1 = 0.98, DefaultBeta2 = 0.92, DefaultBeta3 = 0.99, DefaultEpsilon = 1e-8;

    private Adan()
    {
    }

    /// <summary>β₁, how much of the mean of the gradients is kept; in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the mean of their differences is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₃, how much of the mean of the squares is kept; in [0, 1).</summary>
    public double Beta3 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the decay is a division by 1 + η·λ after the move.</summary>
    public bool Proximal { get; init; } = true;

    /// <summary>Whether the momentum counts only where it has the sign of the gradient.</summary>
    public bool Caution { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m", "e", "n", "last gradient"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adan", "Adam with Nesterov momentum by the differences of gradients", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of their differences is kept", of => of.Beta2),
            at.Real("beta3", "β₃, how much of the mean of the squares is kept", of => of.Beta3),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.IsScaling || at.Flag("proximal", "whether the decay is a division after the move", of => of.Proximal),
            !at.IsScaling && at.Flag(
                "caution", "whether the momentum counts only where it has the sign of the gradient",
                of => of.Caution),
            at.Maximize(), at.DecayForm()),
        "Xie et al., 2022", "timm Adan, Optax adan", "each β is the part that is kept; Optax has 1 − β₂ for β₂ twice");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='beta1' or @name='beta2' or @name='weightDecay')]"/>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, of the differences, in [0, 1).</param>
    /// <param name="beta3">β₃, of the squares, in [0, 1).</param>
    /// <param name="weightDecay">λ or λ(t); finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="proximal">Whether the decay is a division by 1 + η·λ after the move, not decoupled.</param>
    /// <param name="caution">Whether the momentum counts only where it has the sign of the gradient.</param>
    /// <param name="decayForm">How decoupled decay goes by the rate and the update.</param>
    public static Adan Of(
        Schedule learningRate, double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double beta3 = DefaultBeta3,
        double epsilon = DefaultEpsilon, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool proximal = true, bool caution = false, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new Adan
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Beta3 = beta3, Epsilon = epsilon,
        Proximal = proximal, Caution = caution, WeightDecay = weightDecay ?? 0,
        DecayFilter = LeafFilter.Of(decay), Maximize = maximize, DecayForm = decayForm,
    });

    /// <summary>The scaling of Adan, for compositions.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double beta3 = DefaultBeta3,
        double epsilon = DefaultEpsilon) => Of(1, beta1, beta2, beta3, epsilon).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdanState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdanState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, RuleOf<T>(pass.SlotStep));

    /// <summary>The rule of an update; with caution the mask needs m and the gradient of a whole leaf.</summary>
    internal AdanRule<T> RuleOf<T>(long step, double? maskScale = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(Beta1, Beta2, Beta3, Epsilon, step, maskScale);

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        Caution ? [new AdanMask(this with { Groups = [], StateFormat = null })] : base.ScalingTransforms;

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) =>
        Proximal ? form is DecayForm.Scaled or DecayForm.Corrected : base.TakesDecayForm(form);

    /// <inheritdoc/>
    private protected override WeightDecay DecayTransform => Proximal
        ? base.DecayTransform with { MoveRate = LearningRate, IsProximal = true }
        : base.DecayTransform;

    /// <inheritdoc/>
    private protected override void Run<T>(in SpanStep<T> spans)
    {
        double? maskScale = Caution
            ? AdanRule<T>.MaskScale(Beta1, spans.Slots.First, spans.Gradient, spans.Maximize)
            : null;
        AdanRule<T> rule = RuleOf<T>(spans.Step, maskScale);
        if (!Proximal)
        {
            spans.Run(rule);
            return;
        }

        (double kept, double decay) = Functional.Optim.WeightDecay.AfterMove(spans.Rate, spans.Decay, isProximal: true);
        SpanStep<T> divided = spans with { Decay = decay };
        divided.Run(new Then<T, AdanRule<T>, ScaleRule<T>>(rule, new(T.CreateTruncating(kept))));
    }
}

/// <summary>
/// The state of Adan: the number of finished updates, the means of the gradients, of their differences and of the
/// squares, and the last gradient.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdanState<T> : IOptimizerState<T, AdanState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    /// <param name="e">e, that of their differences.</param>
    /// <param name="n">n, that of the squares.</param>
    /// <param name="lastGradient">The gradient of the last update.</param>
    public AdanState(
        long step, ParameterTree<T> m, ParameterTree<T> e, ParameterTree<T> n, ParameterTree<T> lastGradient)
        : this(new(step, Adan.Slots, [m, e, n, lastGradient]))
    {
    }

    private AdanState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>e, the running mean of their differences.</summary>
    public ParameterTree<T> E { get => state[1]; init => state = state.With(1, value); }

    /// <summary>n, the running mean of the squares of g + β₂·d.</summary>
    public ParameterTree<T> N { get => state[2]; init => state = state.With(2, value); }

    /// <summary>The gradient of the last update, with the opposite sign where the optimizer maximizes.</summary>
    public ParameterTree<T> LastGradient { get => state[3]; init => state = state.With(3, value); }

    /// <inheritdoc/>
    public static AdanState<T> From(OptimizerState<T> state) => new(state.Part(Adan.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
