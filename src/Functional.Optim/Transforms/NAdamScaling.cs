using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Scales the update as Adam does, with Nesterov momentum (see <see cref="NAdam"/>).</summary>
internal sealed record NAdamScaling(double Beta1, double Beta2, double Epsilon, double MomentumDecay, bool AsTorchBefore2) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => AdamScaling.Slots;

    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Then(first, new NAdamRule<T>(Beta1, Beta2, Epsilon, MomentumDecay, AsTorchBefore2, pass.SlotStep));

    internal static Faults Check(double beta1, double beta2, double epsilon, double momentumDecay) => new Faults()
        .Require(beta1, Bounds.BelowOne).Require(beta2, Bounds.BelowOne)
        .Require(epsilon, Bounds.NotNegative).Require(momentumDecay, Bounds.NotNegative);
}
