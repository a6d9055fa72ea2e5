using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The sign of the update and its running mean, mixed: sign(β₁·m + (1 − β₁)·u) (see <see cref="Lion"/>).</summary>
internal sealed record LionScaling(Schedule Beta1, double Beta2) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["m"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new LionRule<T>(Beta1.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Beta1)), Beta2));

    internal static ValidationErrors Check(Schedule beta1, double beta2) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval);
}
