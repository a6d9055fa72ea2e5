using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the running mean of the update by the root of the running mean of its square: m̂ / (√v̂ + ε) (see <see cref="Adam"/>).</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="BiasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
internal sealed record AdamScaling(double Beta1, double Beta2, double Epsilon, bool BiasCorrection) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["m", "v"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Then(first, new AdamRule<T>(Beta1, Beta2, Epsilon, BiasCorrection, pass.Step));

    internal static Faults Check(double beta1, double beta2, double epsilon) => new Faults()
        .Require(beta1 is >= 0 and < 1, nameof(beta1), beta1, "in [0, 1)")
        .Require(beta2 is >= 0 and < 1, nameof(beta2), beta2, "in [0, 1)")
        .Require(double.IsFinite(epsilon) && epsilon >= 0, nameof(epsilon), epsilon, "finite and not negative");
}
