using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adafactor (Shazeer and Stern, 2018, arXiv:1804.04235): Adam's second moment of a matrix as a row and a column, which
/// takes m + n numbers for a matrix of m × n. R and C are means of g² + ε₁ over the columns and over the rows, with
/// β₂(t) = 1 − t^−c; û = g / √v̂ with v̂ = R·Cᵀ / mean(R), over max(1, RMS(û) / d); ρ = min(η(t), 1 / √t), s = max(ε₂,
/// RMS(θ)); θ' = θ − ρ·s·(û + λ·θ). Vectors and scalars keep v itself; of higher ranks the last two dimensions are the
/// matrix. RMS is taken for each leaf.
/// </summary>
/// <remarks>
/// With β₁ the step ρ·s·û, the rate inside, goes through m = β₁·m + (1 − β₁)·ρ·s·û, which takes a number more for each
/// parameter; the decay does not. Hugging Face's defaults are η = 0.01 here, its <c>warmup_init</c> is
/// <c>Schedule.InverseSquareRoot(0.01, 10_000)</c>, a custom rate <c>relativeStep: false</c>, mostly with
/// <c>scaleByParameters: false</c>. torch's are <c>form: Torch</c> with η = 0.01. Optax factors the two largest
/// dimensions, if the smaller is at least 128, and its decay is not multiplied by the rate. The multiplier of a group
/// multiplies the whole step. A NaN in the gradient makes all parameters of its leaf NaN.
/// </remarks>
public sealed record Adafactor : ScalingOptimizer
{
    private Adafactor()
    {
    }

    /// <summary>Whose semantics it has where implementations differ.</summary>
    public AdafactorForm Form { get; init => field = Setting.Check(value); }

    /// <summary>Whether the rate is at most 1 / √t.</summary>
    public bool RelativeStep { get; init; }

    /// <summary>Whether s is max(ε₂, RMS(θ)), or else 1.</summary>
    public bool ScaleByParameters { get; init; }

    /// <summary>β₁, in [0, 1); 0 for no momentum.</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>c, of β₂(t) = 1 − t^−c; finite and not negative.</summary>
    public double Beta2Power { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>d, the most that RMS(û) may be; finite and positive.</summary>
    public double ClipThreshold { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>
    /// ε₁, finite and not negative; <see langword="null"/> for that of the form: 1e-30, or torch's, the distance from 1
    /// to the next number of the elements' type.
    /// </summary>
    public double? Epsilon
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.NotNegative) : null;
    }

    /// <summary>ε₂, the smallest RMS(θ) that counts; finite and not negative.</summary>
    public double MinimumScale { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms
    {
        get
        {
            Check();
            return [.. Scale.SignOf(Maximize), .. ScalingTransforms];
        }
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        new AdafactorScaling(
            LearningRate, Form, RelativeStep, ScaleByParameters, Beta1, Beta2Power, ClipThreshold, Epsilon,
            MinimumScale, WeightDecay)
        {
            DecayFilter = DecayFilter,
        },
    ];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "adafactor", "divides by a row and a column that stand for the squares of a matrix", () => Of(1),
        at => Of(
            at.LearningRate(), at.Choice("form", "whose semantics", of => of.Form),
            at.Flag("relativeStep", "whether the rate is at most 1 / √t", of => of.RelativeStep),
            at.Flag(
                "scaleByParameters", "whether a step is as long as the parameters of its leaf are large",
                of => of.ScaleByParameters),
            at.Real("beta1", "β₁, how much of the mean of the steps is kept; 0 for no momentum", of => of.Beta1),
            at.Real("beta2Power", "c, of β₂(t) = 1 − t^−c", of => of.Beta2Power),
            at.Real(
                "clipThreshold", "d, the largest root mean square that an update may have", of => of.ClipThreshold),
            at.RealOrNone(
                "epsilon",
                "ε₁, added to the squares, or torch's smallest divisor; that of the form where not given",
                of => of.Epsilon, Bounds.NotNegative.Allowed),
            at.Real("minimumScale", "ε₂, the smallest size of parameters that counts", of => of.MinimumScale),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Shazeer and Stern, 2018", "torch Adafactor, Optax adafactor",
        "m + n numbers for a matrix; torch's is `form: Torch`; Optax leaves small matrices whole");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t), the most that the relative rate is; 0.01 in most implementations.</param>
    /// <param name="form">Whose semantics it has where implementations differ.</param>
    /// <param name="relativeStep">Whether the rate is at most 1 / √t.</param>
    /// <param name="scaleByParameters">Whether a step is as long as the parameters of its leaf are large.</param>
    /// <param name="beta1">β₁, in [0, 1); 0 for no momentum.</param>
    /// <param name="beta2Power">c, of β₂(t) = 1 − t^−c; finite and not negative.</param>
    /// <param name="clipThreshold">d, the most that RMS(û) may be; finite and positive.</param>
    /// <param name="epsilon">ε₁, finite and not negative; that of the form where <see langword="null"/>.</param>
    /// <param name="minimumScale">ε₂, the smallest RMS(θ) that counts; finite and not negative.</param>
    /// <param name="weightDecay">λ, decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Adafactor Of(
        Schedule learningRate, AdafactorForm form = AdafactorForm.HuggingFace, bool relativeStep = true,
        bool scaleByParameters = true, double beta1 = 0, double beta2Power = 0.8, double clipThreshold = 1,
        double? epsilon = null, double minimumScale = 1e-3, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new Adafactor
    {
        LearningRate = learningRate, Form = form, RelativeStep = relativeStep, ScaleByParameters = scaleByParameters,
        Beta1 = beta1, Beta2Power = beta2Power, ClipThreshold = clipThreshold, Epsilon = epsilon,
        MinimumScale = minimumScale,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdafactorState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdafactorState<T>.From(base.Init(parameters));
}

/// <summary>The state of Adafactor: the number of finished updates and the factors of the second moment.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdafactorState<T> : IOptimizerState<T, AdafactorState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    private AdafactorState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>
    /// R, the running means of the squared gradients over the columns, of leaves of rank 2 and more: their shape
    /// without the last dimension.
    /// </summary>
    public ParameterTree<T> Row { get => state[0]; init => state = state.With(0, value); }

    /// <summary>C, those over the rows: the shape without the last dimension but one.</summary>
    public ParameterTree<T> Column { get => state[1]; init => state = state.With(1, value); }

    /// <summary>v, the running mean of the squared gradients, of vectors and scalars.</summary>
    public ParameterTree<T> V { get => state[2]; init => state = state.With(2, value); }

    /// <summary>m, the running mean of the steps; <c>default</c> unless the optimizer has momentum.</summary>
    public ParameterTree<T> M => state.SlotCount > 3 ? state[3] : default;

    /// <inheritdoc/>
    public static AdafactorState<T> From(OptimizerState<T> state)
    {
        bool hasMomentum = state.SlotNames.IsEmpty ? state.SlotCount == 4 : HasMomentum(state);
        return new(state.Part((hasMomentum ? AdafactorScaling.MomentumSlots : AdafactorScaling.Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;

    /// <summary>Whether the slots of Adafactor, not those of another transform, end with a momentum.</summary>
    private static bool HasMomentum(OptimizerState<T> state) =>
        state.Identity.Contains("adafactor(row, column, v, m)", StringComparison.Ordinal)
        || (state.Identity.Length == 0 && state.Has(AdafactorScaling.MomentumSlots[^1]));
}
