using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Scales the update as Adam does, once enough is known of its variance (see <see cref="RAdam"/>).</summary>
internal sealed record RAdamScaling(Schedule Beta1, double Beta2, double Epsilon, int Threshold) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => AdamScaling.Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new RAdamRule<T>(Beta1.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Beta1)), Beta2, Epsilon, Threshold, pass.SlotStep));

    internal static ValidationErrors Check(Schedule beta1, double beta2, double epsilon, int threshold) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval)
        .Require(epsilon, Bounds.NotNegative).Require(threshold, Bounds.AtLeast(4));
}
