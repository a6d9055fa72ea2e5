using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// NorMuon (Li et al., 2025, arXiv:2510.05491), for hidden matrices: <see cref="Muon"/> whose rows get the same length
/// on average. m = μ·m + g, u = g + μ·m with Nesterov or else m, O = O(u) nearly orthogonal
/// (<see cref="Orthogonalize"/>), for each row vᵢ = β₂·vᵢ + (1 − β₂)·mean(Oᵢ²) and Wᵢ = Oᵢ / (√vᵢ + 1e-8), W times
/// ‖O‖ / ‖W‖, and θ' = θ − η·(s·W + λ·θ), where s is a scale of the shape. Defaults are those of Microsoft's Dion code.
/// </summary>
/// <remarks>
/// The rows of a leaf are its first dimension. Nanochat and modded-nanogpt take the mean along the longer dimension;
/// this and Dion's code always along a row. Dion's code scales by √(rows / columns), which is below 1 for wide
/// matrices; <see cref="MatrixScale.MatchRms"/> is its <c>rms_norm</c>, <see cref="DecayForm.Cautious"/> its
/// <c>cautious_wd</c>. It rounds the matrix to bfloat16 first; this does not. Vectors and scalars are refused, as by
/// Muon. State: m·n + m numbers for m × n.
/// </remarks>
public sealed record NorMuon : ScalingOptimizer
{
    private const double DefaultWeightDecay = 0.01;

    private NorMuon()
    {
    }

    /// <summary>μ, in [0, 1), and not 0 with Nesterov.</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the mean of the squares of a row is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>Whether the momentum looks one step ahead.</summary>
    public bool Nesterov { get; init; }

    /// <summary>O and s. The scale applies to W.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public required Orthogonalize Orthogonalization
    {
        get;
        init => field = Setting.Present(value, nameof(Orthogonalization));
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        Functional.Optim.Momentum.Of(Momentum, nesterov: Nesterov),
        Orthogonalization with { Scale = MatrixScale.None }, new RowNormalization(Beta2, Orthogonalization.Scale),
    ];

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "norMuon", "the momentum of matrices, made orthogonal, with rows of the same length on average", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.Real("beta2", "β₂, how much of the mean of the squares of a row is kept", of => of.Beta2),
            at.Flag("nesterov", "whether the momentum looks one step ahead", of => of.Nesterov),
            at.Orthogonalize(of => of.Orthogonalization), at.WeightDecay(), at.Decay(), at.Maximize(), at.DecayForm()),
        "Li et al., 2025", "Dion's NorMuon",
        "and one number for each row; no rounding to bfloat16; Dion's `rms_norm` is `MatchRms`");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t); 0.01 in Dion's code.</param>
    /// <param name="momentum">μ, in [0, 1), and not 0 with Nesterov.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="nesterov">Whether the momentum looks one step ahead.</param>
    /// <param name="variant">By which polynomials the update is made orthogonal.</param>
    /// <param name="steps">In how many steps; 1 or more, and no less than there are polynomials.</param>
    /// <param name="scale">s, by the shape of the leaf.</param>
    /// <param name="coefficients">a, b and c of a polynomial for each step, the last of which goes on; those of the
    /// variant when there are none.</param>
    /// <param name="epsilon">ε of the division by the norm; that of the variant when <see langword="null"/>, Dion's
    /// code has 1e-8.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static NorMuon Of(
        Schedule learningRate, double momentum = 0.95, double beta2 = 0.95, bool nesterov = false,
        NewtonSchulzVariant variant = NewtonSchulzVariant.PolarExpress, int steps = 5,
        MatrixScale scale = MatrixScale.Spectral, IEnumerable<double>? coefficients = null, double? epsilon = null,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Of(
        learningRate, momentum, beta2, nesterov, () => Orthogonalize.Of(variant, steps, scale, coefficients, epsilon),
        weightDecay ?? DefaultWeightDecay, decay, maximize, decayForm);

    private static NorMuon Of(
        Schedule learningRate, double momentum, double beta2, bool nesterov, Func<Orthogonalize> orthogonalize,
        Schedule weightDecay, Func<Leaf, bool>? decay, bool maximize, DecayForm decayForm) =>
        Setting.Make(() => new NorMuon
    {
        LearningRate = learningRate, Momentum = momentum, Beta2 = beta2, Nesterov = nesterov,
        Orthogonalization = orthogonalize(),
        WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <inheritdoc/>
    protected internal override void CheckTogether() =>
        Functional.Optim.Momentum.CheckNesterov(Momentum, 0, Nesterov);

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    /// <exception cref="ArgumentException">A leaf has rank 0 or 1.</exception>
    public new NorMuonState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NorMuonState<T>.From(base.Init(parameters));
}

/// <summary>The state of NorMuon: the number of finished updates, the momentum, and a number per row.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct NorMuonState<T> : IOptimizerState<T, NorMuonState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly ImmutableArray<string> Slots =
        [.. Functional.Optim.Momentum.Slots, .. RowNormalization.Slots];

    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="momentum">m.</param>
    /// <param name="v">v, the running mean of the squares of each row: a vector of the rows of each leaf.</param>
    public NorMuonState(long step, ParameterTree<T> momentum, ParameterTree<T> v)
        : this(new(step, Slots, [momentum, v]))
    {
    }

    private NorMuonState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m.</summary>
    public ParameterTree<T> Momentum { get => state[0]; init => state = state.With(0, value); }

    /// <summary>v, the running mean of the squares of each row: a vector of the rows of each leaf.</summary>
    public ParameterTree<T> V { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static NorMuonState<T> From(OptimizerState<T> state) => new(state.Part(Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
