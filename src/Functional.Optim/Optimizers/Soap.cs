using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// SOAP (Vyas et al., 2024, arXiv:2409.11321): Adam in the eigenbases of Shampoo. For a matrix, g' = Q_Lᵀ·g·Q_R,
/// m = β₁·m + (1 − β₁)·g', v = β₂·v + (1 − β₂)·g'², θ' = θ − η·√(1 − β₂ᵗ) / (1 − β₁ᵗ)·Q_L·(m / (√v + ε))·Q_Rᵀ, and
/// then θ'' = θ' − η·λ·θ', L = β·L + (1 − β)·g·gᵀ, R = β·R + (1 − β)·gᵀ·g. Every few updates Q_L and Q_R make a step of
/// the power iteration: their columns are ordered by the eigenvalues that they estimate, v with them, and Q is that of
/// the QR decomposition of L·Q; m goes to the new basis. Semantics and defaults are those of the authors' code.
/// </summary>
/// <remarks>
/// The first update of a leaf only starts L, R and their eigenvectors: the leaf does not move, and t counts from the
/// next one on; nothing decays at the first update of all. ε stands outside the bias correction. m is kept in the
/// basis, and so changes with it; v is ordered, not rotated. A leaf with more dimensions has a basis for each of them.
/// Vectors and scalars have no basis: they are Adam's, an update later. State: 2·m·n + 2·m² + 2·n² numbers for m × n; a
/// dimension above the largest size has no matrices. Decompositions are in double, of the matrix over a power of two.
/// Where the matrix is zero or has a number that is not finite, or where its decomposition fails, the basis stays as it
/// is; at the start it is the identity. Decompositions allocate; other steps do not. The decay is that of the parameters
/// after the move, with the rate of the schedule alone, as in <see cref="LaProp"/>. Dimensions are merged in the order
/// of the shape. A NaN or an infinity in the gradient of a leaf makes it NaN, at the first update only where it is; L
/// and R keep it, so put <see cref="ApplyIfFinite"/> around.
/// </remarks>
public sealed record Soap : ScalingOptimizer
{
    private const double DefaultBeta = 0.95, DefaultEpsilon = 1e-8, DefaultWeightDecay = 0.01;
    private const int DefaultFrequency = 10, DefaultMaxSize = 10_000;

    private Soap()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β, how much of L and R is kept, in [0, 1); <see langword="null"/> for β₂.</summary>
    public double? ShampooBeta
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.HalfOpenUnitInterval) : null;
    }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>How many updates there are from one decomposition to the next; 1 or more.</summary>
    public long Frequency { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>The largest size of a dimension that has a basis; 1 or more.</summary>
    public int MaxSize { get; init => field = (int)Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>
    /// Whether neighbouring dimensions of a leaf are one while their product is at most <see cref="MaxSize"/>.
    /// </summary>
    public bool MergeDimensions { get; init; }

    /// <summary>Whether vectors have a basis too.</summary>
    public bool VectorBases { get; init; }

    /// <summary>Whether the update is multiplied by √(1 − β₂ᵗ) / (1 − β₁ᵗ).</summary>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether the update of each leaf is divided by its root mean square.</summary>
    public bool Normalize { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        new SoapScaling
        {
            Beta1 = Beta1, Beta2 = Beta2, GramBeta = ShampooBeta ?? Beta2, Epsilon = Epsilon, Frequency = Frequency,
            MaxSize = MaxSize, MergesDimensions = MergeDimensions, ForVectors = VectorBases,
            BiasCorrection = BiasCorrection, Normalize = Normalize,
        },
    ];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "soap", "Adam in the eigenbases of the rows and of the columns", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of their squares is kept", of => of.Beta2),
            at.RealOrNone(
                "shampooBeta", "β, how much of the Gram matrices is kept; β₂ where not given", of => of.ShampooBeta,
                Bounds.HalfOpenUnitInterval.Allowed),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Integer(
                "frequency", "how many updates there are from one decomposition to the next", of => of.Frequency),
            at.Integer("maxSize", "the largest size of a dimension that has a basis", of => of.MaxSize),
            at.Flag(
                "mergeDimensions", "whether neighbouring dimensions are one up to that size",
                of => of.MergeDimensions),
            at.Flag("vectorBases", "whether vectors have a basis too", of => of.VectorBases),
            at.Flag(
                "biasCorrection", "whether the update is corrected for moments that start at 0",
                of => of.BiasCorrection),
            at.Flag("normalize", "whether the update is divided by its root mean square", of => of.Normalize),
            at.WeightDecay(), at.Decay(), at.Maximize(), at.DecayForm()),
        "Vyas et al., 2024", "SOAP of its authors",
        "and 2·(m² + n²) numbers for a matrix; the first update only starts the bases; decay after the move");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t); 0.003 in the authors' code.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="shampooBeta">β, of L and R, in [0, 1); β₂ when <see langword="null"/>.</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="frequency">How many updates there are from one decomposition to the next; 1 or more.</param>
    /// <param name="maxSize">The largest size of a dimension that has a basis; 1 or more.</param>
    /// <param name="mergeDimensions">Whether neighbouring dimensions are one up to that size.</param>
    /// <param name="vectorBases">Whether vectors have a basis too.</param>
    /// <param name="biasCorrection">Whether the update is corrected for moments that start at 0.</param>
    /// <param name="normalize">Whether the update of each leaf is divided by its root mean square.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <param name="decayForm">Whether the decay goes by the rate, or by its square.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Soap Of(
        Schedule learningRate, double beta1 = DefaultBeta, double beta2 = DefaultBeta, double? shampooBeta = null,
        double epsilon = DefaultEpsilon, long frequency = DefaultFrequency, int maxSize = DefaultMaxSize,
        bool mergeDimensions = false, bool vectorBases = false, bool biasCorrection = true, bool normalize = false,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new Soap
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, ShampooBeta = shampooBeta, Epsilon = epsilon,
        Frequency = frequency, MaxSize = maxSize, MergeDimensions = mergeDimensions, VectorBases = vectorBases,
        BiasCorrection = biasCorrection, Normalize = normalize, WeightDecay = weightDecay ?? DefaultWeightDecay,
        DecayFilter = LeafFilter.Of(decay), Maximize = maximize, DecayForm = decayForm,
    });

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) =>
        form is DecayForm.Scaled or DecayForm.Corrected;

    /// <inheritdoc/>
    private protected override WeightDecay DecayTransform =>
        base.DecayTransform with { MoveRate = LearningRate, StartsAtSecond = true };

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SoapState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SoapState<T>.From(base.Init(parameters));
}

/// <summary>
/// The state of SOAP: the number of finished updates, the moments in the bases, the Gram matrices and their bases.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct SoapState<T> : IOptimizerState<T, SoapState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, in the bases.</param>
    /// <param name="v">v, in the bases.</param>
    /// <param name="gram">The running means of the Gram matrices.</param>
    /// <param name="basis">The bases.</param>
    public SoapState(
        long step, ParameterTree<T> m, ParameterTree<T> v, ParameterTree<T> gram, ParameterTree<T> basis)
        : this(new(step, SoapScaling.Slots, [m, v, gram, basis]))
    {
    }

    private SoapState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients in the bases.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>v, the running mean of their squares.</summary>
    public ParameterTree<T> V { get => state[1]; init => state = state.With(1, value); }

    /// <summary>
    /// L, R and so on: the row-major matrices of the dimensions that have a basis, one after the other, in a vector for
    /// each leaf that has one.
    /// </summary>
    public ParameterTree<T> Gram { get => state[2]; init => state = state.With(2, value); }

    /// <summary>Q_L, Q_R and so on, whose columns are the basis, in the same places.</summary>
    public ParameterTree<T> Basis { get => state[3]; init => state = state.With(3, value); }

    /// <inheritdoc/>
    public static SoapState<T> From(OptimizerState<T> state) => new(state.Part(SoapScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
