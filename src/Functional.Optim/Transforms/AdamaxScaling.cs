using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the running mean of the update by its decaying maximum: m̂ / n (see <see cref="Adamax"/>).</summary>
internal sealed record AdamaxScaling(Schedule Beta1, double Beta2, double Epsilon) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["m", "norm"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdamaxRule<T>(Beta1.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Beta1)), Beta2, Epsilon, pass.SlotStep));

    internal static ValidationErrors Check(Schedule beta1, double beta2, double epsilon) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval).Require(epsilon, Bounds.NotNegative);
}
