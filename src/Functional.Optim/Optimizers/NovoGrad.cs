using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// NovoGrad (Ginsburg et al., 2019, arXiv:1905.11286), momentum of gradients that each leaf divides by the root of one
/// number: V = β₂·V + (1 − β₂)·‖g‖², with V = ‖g‖² at its first gradient that is not 0; m = β₁·m + (g / (√V + ε) +
/// λ·θ); θ' = θ − η·m. Defaults and semantics are those of NVIDIA's code and timm's, without its AMSGrad. It keeps a
/// number for each parameter, and one for each leaf.
/// </summary>
/// <remarks>
/// The decay is inside the momentum, and with <c>gradientAveraging</c> both are multiplied by 1 − β₁ before it. Without
/// ε an update does not change with the scale of the gradient. Others count the first gradient twice and add Adam's
/// bias correction, which makes the first step longer. A NaN in the gradient spoils its leaf.
/// </remarks>
public sealed record NovoGrad : ScalingOptimizer
{
    private NovoGrad()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether the momentum takes 1 − β₁ of each update, and not all of it.</summary>
    public bool GradientAveraging { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new NovoGradScaling(Beta2, Epsilon)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> PartsBehindDecay =>
        [.. GradientAveraging ? (Transform[])[Scale.By(1 - Beta1)] : [], Functional.Optim.Momentum.Of(Beta1)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ, after the division and inside the momentum; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="gradientAveraging">Whether the momentum takes 1 − β₁ of each update.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static NovoGrad Of(
        Schedule learningRate, double beta1 = 0.95, double beta2 = 0.98, double epsilon = 1e-8, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool gradientAveraging = false, bool maximize = false) =>
        NovoGradScaling.Check(beta2, epsilon)
            .Require(learningRate).Require(beta1, Bounds.HalfOpenUnitInterval).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new NovoGrad
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay),
                GradientAveraging = gradientAveraging, Maximize = maximize,
            }).OrThrow(nameof(NovoGrad));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new NovoGradState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NovoGradState<T>.From(base.Init(parameters));
}
