using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the running mean of the update by its deviation from it: m̂ / (√ŝ + ε) (see <see cref="AdaBelief"/>).</summary>
internal sealed record AdaBeliefScaling(double Beta1, double Beta2, double Epsilon, double EpsilonRoot) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["m", "s"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdaBeliefRule<T>(Beta1, Beta2, Epsilon, EpsilonRoot, pass.SlotStep));

    internal static ValidationErrors Check(double beta1, double beta2, double epsilon, double epsilonRoot) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval)
        .Require(epsilon, Bounds.NotNegative).Require(epsilonRoot, Bounds.NotNegative);
}
