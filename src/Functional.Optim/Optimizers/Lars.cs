using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// LARS (You, Gitman and Ginsburg, 2017, arXiv:1708.03888), momentum whose gradient is scaled leaf by leaf: r = c·‖θ‖ /
/// (‖g‖ + λ·‖θ‖ + ε), m = μ·m + η·r·(g + λ·θ), θ' = θ − m; r = 1 where either norm is 0.
/// </summary>
/// <remarks>
/// As in the paper the rate is inside the momentum; Optax takes the norm of g + λ·θ for the sum of the norms.
/// </remarks>
public sealed record Lars : Optimizer
{
    private Lars()
    {
    }

    /// <summary>η(t).</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <summary>μ, in [0, 1).</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>c, the trust coefficient; finite and positive.</summary>
    public double Coefficient { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>λ, an L2 penalty; finite and not negative.</summary>
    public double WeightDecay { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Which leaves are scaled and decay.</summary>
    public LeafFilter Filter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>Whether to maximize.</summary>
    public bool Maximize { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms =>
    [
        .. Scale.SignOf(Maximize),
        TrustRatio.Of(Coefficient, WeightDecay, Epsilon, Filter),
        Functional.Optim.LearningRate.Of(LearningRate),
        Functional.Optim.Momentum.Of(Momentum) with { OfSteps = true },
    ];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "lars", "momentum of gradients scaled leaf by leaf to the size of the parameters", () => Of(1),
        at => Of(
            at.LearningRate("learningRate", "η(t)", of => of.LearningRate),
            at.Real("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.Real("coefficient", "c, the trust coefficient", of => of.Coefficient),
            at.Real("weightDecay", "λ, an L2 penalty", of => of.WeightDecay),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Leaves("filter", "which leaves are scaled and decay", of => of.Filter),
            at.Flag("maximize", "whether to maximize", of => of.Maximize)),
        "You, Gitman and Ginsburg, 2017", "Optax lars",
        "Optax takes the norm of g + λ·θ, the paper the sum of the norms");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="coefficient">c; finite and positive.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="filter">Which leaves are scaled and decay, often those of rank 2 and more; all when
    /// <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lars Of(
        Schedule learningRate, double momentum = 0.9, double coefficient = 0.001, double weightDecay = 0,
        double epsilon = 0, Func<Leaf, bool>? filter = null, bool maximize = false) => Setting.Make(() => new Lars
    {
        LearningRate = learningRate, Momentum = momentum, Coefficient = coefficient, WeightDecay = weightDecay,
        Epsilon = epsilon, Filter = LeafFilter.Of(filter), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SgdState<T>.From(base.Init(parameters));
}
