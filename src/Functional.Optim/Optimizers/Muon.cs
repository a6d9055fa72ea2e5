using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Muon (Jordan et al., 2024), for hidden matrices: m' = μ·m + (1 − μ)·g, u = μ·m' + (1 − μ)·g with Nesterov or else
/// m', θ' = θ − η·(s·O(u) + λ·θ), where O makes u nearly orthogonal and s is a scale of its shape
/// (<see cref="Orthogonalize"/>). Defaults are torch's, but for the rate; Jordan's are η = 0.02 and λ = 0.
/// </summary>
/// <remarks>
/// The length of a step does not depend on that of the gradient. Embeddings, heads, vectors and scalars want another
/// optimizer, by a <see cref="Partition"/>; leaves of rank below 2 are refused by <see cref="Init"/>. With
/// <see cref="MatrixScale.MatchRms"/> the rates and decays of AdamW fit (Moonlight, arXiv:2502.16982). Others make the
/// momentum without 1 − μ, which is the same once it is orthogonalized, while μ stays; Jordan's code scales
/// convolutions by their last two dimensions, not by those of the flattened matrix.
/// </remarks>
public sealed record Muon : ScalingOptimizer
{
    private const double DefaultWeightDecay = 0.1;

    private Muon()
    {
    }

    /// <summary>μ, in [0, 1).</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>Whether the momentum looks one step ahead.</summary>
    public bool Nesterov { get; init; }

    /// <summary>O and s.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public required Orthogonalize Orthogonalization
    {
        get;
        init => field = Setting.Present(value, nameof(Orthogonalization));
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        [Ema.Of(Momentum, biasCorrection: false, Nesterov), Orthogonalization];

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "muon", "the momentum of matrices, made orthogonal; other leaves by `Partition`", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.Flag("nesterov", "whether the momentum looks one step ahead", of => of.Nesterov),
            at.Orthogonalize(of => of.Orthogonalization),
            at.WeightDecay(), at.Decay(), at.Maximize(), at.DecayForm()),
        "Jordan et al., 2024; Liu et al., 2025", "torch Muon, Optax muon",
        "no rounding to bfloat16; torch's `match_rms_adamw` is `MatchRms`; Optax corrects the bias");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="nesterov">Whether the momentum looks one step ahead.</param>
    /// <param name="variant">By which polynomials the update is made orthogonal.</param>
    /// <param name="steps">In how many steps; 1 or more, and no less than there are polynomials.</param>
    /// <param name="scale">s, by the shape of the leaf.</param>
    /// <param name="coefficients">a, b and c of a polynomial for each step, the last of which goes on; those of the
    /// variant when there are none.</param>
    /// <param name="epsilon">ε of the division by the norm; that of the variant when <see langword="null"/>.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.1 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Muon Of(
        Schedule learningRate, double momentum = 0.95, bool nesterov = true,
        NewtonSchulzVariant variant = NewtonSchulzVariant.Torch, int steps = 5,
        MatrixScale scale = MatrixScale.Original, IEnumerable<double>? coefficients = null, double? epsilon = null,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Of(
        learningRate, momentum, nesterov, () => Orthogonalize.Of(variant, steps, scale, coefficients, epsilon),
        weightDecay ?? DefaultWeightDecay, decay, maximize, decayForm);

    private static Muon Of(
        Schedule learningRate, double momentum, bool nesterov, Func<Orthogonalize> orthogonalize, Schedule weightDecay,
        Func<Leaf, bool>? decay, bool maximize, DecayForm decayForm) => Setting.Make(() => new Muon
    {
        LearningRate = learningRate, Momentum = momentum, Nesterov = nesterov, Orthogonalization = orthogonalize(),
        WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    /// <exception cref="ArgumentException">A leaf has rank 0 or 1.</exception>
    public new MuonState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => MuonState<T>.From(base.Init(parameters));
}

/// <summary>The state of Muon: the number of finished updates and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct MuonState<T> : IOptimizerState<T, MuonState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="momentum">m, the running mean of the gradients.</param>
    public MuonState(long step, ParameterTree<T> momentum)
        : this(new(step, Ema.Slots, [momentum]))
    {
    }

    private MuonState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> Momentum { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static MuonState<T> From(OptimizerState<T> state) => new(state.Part(Ema.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
