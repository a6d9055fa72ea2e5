using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// ADOPT (Taniguchi et al., 2024, arXiv:2411.02853), Adam that converges with any β₂: the gradient is divided by the
/// root of the v before it, and then goes into the momentum. n = g / max(√v, ε), limited to ±k^p with k the number of
/// earlier updates, m = β₁·m + (1 − β₁)·n, θ' = θ − η·m, and then v = β₂·v + (1 − β₂)·g². Defaults are those of the
/// authors' code.
/// </summary>
/// <remarks>
/// The first update makes v = g²: it does not move θ, and decoupled decay starts with the second. There is no bias
/// correction. The limit has p = ¼ in the authors' code and in Optax, 0.333 in timm; with p = ∞ there is none. Decay is
/// an L2 penalty unless it is decoupled.
/// </remarks>
public sealed record Adopt : MomentOptimizer
{
    private const double DefaultBeta2 = 0.9999, DefaultEpsilon = 1e-6, DefaultClipExponent = 0.25;

    private Adopt()
    {
    }

    /// <summary>p, the power of the limit k^p; 0 or more, infinity for no limit.</summary>
    public double ClipExponent { get; init => field = Setting.Check(value, Bounds.ZeroOrMore); }

    /// <summary>Whether the decay is decoupled: λ·θ is added after the scaling, not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adopt", "Adam whose gradients are divided by the moment before them, then averaged", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(),
            at.Real(
                "clipExponent", "p, of the limit kᵖ of a divided gradient after k updates; infinity for none",
                of => of.ClipExponent),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize(), at.DecayForm()),
        "Taniguchi et al., 2024", "timm Adopt, Optax adopt",
        "the first update moves nothing; timm's p is 0.333");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="clipExponent">p, the power of the limit k^p; 0 or more, infinity for no limit.</param>
    /// <param name="weightDecay">λ or λ(t), an L2 penalty unless decoupled; finite and not negative; 0 when
    /// <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether λ·θ is added after the scaling, not to the gradient.</param>
    /// <param name="decayForm">How decoupled decay goes by the rate and the update.</param>
    public static Adopt Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = DefaultBeta2, double epsilon = DefaultEpsilon,
        double clipExponent = DefaultClipExponent, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool decoupledDecay = false, bool maximize = false, DecayForm decayForm = DecayForm.Scaled) =>
        Setting.Make(() => new Adopt
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        ClipExponent = clipExponent, DecoupledDecay = decoupledDecay, WeightDecay = weightDecay ?? 0,
        DecayFilter = LeafFilter.Of(decay), Maximize = maximize, DecayForm = decayForm,
    });

    /// <summary>The scaling of ADOPT, for compositions.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = DefaultBeta2, double epsilon = DefaultEpsilon,
        double clipExponent = DefaultClipExponent) => Of(1, beta1, beta2, epsilon, clipExponent).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double earlier = pass.SlotStep - 1;
        // 1 to the power of infinity would be 1.
        double limit = double.IsInfinity(ClipExponent) ? ClipExponent : Math.Pow(earlier, ClipExponent);
        pass.Add(first, new AdoptRule<T>(Beta1At(pass.Step), Beta2, Epsilon, limit, pass.SlotStep == 1));
    }

    /// <inheritdoc/>
    private protected override WeightDecay DecayTransform =>
        base.DecayTransform with { StartsAtSecond = DecoupledDecay };

    /// <inheritdoc/>
    private protected override double DecayAt(long step) => DecoupledDecay && step == 1 ? 0 : base.DecayAt(step);
}
