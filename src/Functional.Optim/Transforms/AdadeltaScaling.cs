using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Makes of the update one in the units of the parameter: u·√((a + ε) / (v + ε)) (see <see cref="Adadelta"/>).</summary>
internal sealed record AdadeltaScaling(double Rho, double Epsilon) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["v", "delta"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdadeltaRule<T>(Rho, Epsilon));

    internal static ValidationErrors Check(double rho, double epsilon) => new ValidationErrors()
        .Require(rho, Bounds.HalfOpenUnitInterval).Require(epsilon, Bounds.Positive);
}
