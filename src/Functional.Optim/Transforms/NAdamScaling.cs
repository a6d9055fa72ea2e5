using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Scales the update as Adam does, with Nesterov momentum (see <see cref="NAdam"/>).</summary>
internal sealed record NAdamScaling(double Beta1, double Beta2, double Epsilon, double MomentumDecay, bool AsTorchBefore2) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => AdamScaling.Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new NAdamRule<T>(Beta1, Beta2, Epsilon, MomentumDecay, AsTorchBefore2, pass.SlotStep));

    internal static ValidationErrors Check(double beta1, double beta2, double epsilon, double momentumDecay) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval)
        .Require(epsilon, Bounds.NotNegative).Require(momentumDecay, Bounds.NotNegative);
}
