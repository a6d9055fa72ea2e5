using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the running mean of the update by its decaying maximum: m̂ / n (see <see cref="Adamax"/>).</summary>
internal sealed record AdamaxScaling(Schedule Beta1, double Beta2, double Epsilon) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["m", "norm"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Then(first, new AdamaxRule<T>(Beta1.SettingAt(pass.Step, Bounds.BelowOne, nameof(Beta1)), Beta2, Epsilon, pass.SlotStep));

    internal static Faults Check(Schedule beta1, double beta2, double epsilon) => new Faults()
        .Require(beta1, Bounds.BelowOne).Require(beta2, Bounds.BelowOne).Require(epsilon, Bounds.NotNegative);
}
