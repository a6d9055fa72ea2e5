using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992, with the rates of Xu, 2011): u = g + λ₂·θ + λ·θ, θ' = θ − η_t·u with
/// η_t = η(t) / (1 + λ·η(t)·(t − 1))^α, and the average a = a + μ_t·(θ' − a) with μ_t = 1 / max(1, t − 1 − t₀). Defaults and semantics are
/// torch's, whose default rate is 0.01.
/// </summary>
/// <remarks>
/// The average is a part of the state, for evaluation; gradients are taken at θ. A group's learning-rate multiplier multiplies η_t as a
/// whole, its decay multiplier both λ. torch keeps η_t and μ_t in float32 unless the default type is float64; here they are functions of t,
/// in double, and no state.
/// </remarks>
public sealed record Asgd : ScalingOptimizer
{
    private Asgd()
    {
    }

    /// <summary>λ, the decay of the parameters and of the rate; finite and not negative.</summary>
    public double Lambda { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>α, the power by which the rate falls; finite and not negative.</summary>
    public double Alpha { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>t₀, how many updates pass before the average departs from the parameters; 0 or more.</summary>
    public long AverageAfter { get; init => field = (long)Bounds.AtLeast(0).Check(value); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Parts => [.. base.Parts, new AsgdAveraging(AverageAfter)];

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [Functional.Optim.WeightDecay.Coupled(Lambda)];

    /// <inheritdoc/>
    private protected override Schedule Rate => new AsgdRate(LearningRate, Lambda, Alpha);

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="lambda">λ, the decay of the parameters and of the rate; finite and not negative.</param>
    /// <param name="alpha">α, the power by which the rate falls; finite and not negative.</param>
    /// <param name="averageAfter">t₀, how many updates pass before the average departs from the parameters; 0 or more.</param>
    /// <param name="weightDecay">λ₂, a further L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Asgd Of(
        Schedule learningRate, double lambda = 1e-4, double alpha = 0.75, long averageAfter = 1_000_000, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool maximize = false) =>
        AsgdAveraging.Check(averageAfter)
            .Require(learningRate).Require(lambda, Bounds.NotNegative).Require(alpha, Bounds.NotNegative)
            .Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Asgd
            {
                LearningRate = learningRate, Lambda = lambda, Alpha = alpha, AverageAfter = averageAfter, WeightDecay = weightDecay,
                DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Asgd));

    /// <summary>The part of ASGD that averages the parameters, for compositions: the last part, after the learning rate.</summary>
    /// <param name="averageAfter">t₀, how many updates pass before the average departs from the parameters; 0 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Averaging(long averageAfter = 1_000_000) =>
        AsgdAveraging.Check(averageAfter).Make<Optimizer>(() => new AsgdAveraging(averageAfter)).OrThrow(nameof(Asgd));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AsgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AsgdState<T>.From(base.Init(parameters));
}
