namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of NAdam (<see cref="NAdamKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="Epsilon">ε, not negative.</param>
/// <param name="MomentumDecay">ψ, not negative.</param>
/// <param name="WeightDecay">λ; not negative.</param>
/// <param name="DecoupledDecay">Whether λ·θ is added after the scaling, not to the gradient.</param>
/// <param name="AsTorchBefore2">Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</param>
public readonly record struct NAdamHyperparameters(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double MomentumDecay = 0.004,
    double WeightDecay = 0, bool DecoupledDecay = false, bool AsTorchBefore2 = false)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public NAdamHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(NAdamHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.HalfOpenUnitInterval.Require(Beta1);
        Bounds.HalfOpenUnitInterval.Require(Beta2);
        Bounds.NotNegative.Require(Epsilon);
        Bounds.NotNegative.Require(MomentumDecay);
        Bounds.NotNegative.Require(WeightDecay);
    }
}
