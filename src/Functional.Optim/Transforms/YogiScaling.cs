using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Divides the running mean of the update by the root of a second moment that changes additively (see <see cref="Yogi"/>).
/// </summary>
internal sealed record YogiScaling(double Beta1, double Beta2, double Epsilon, double InitialAccumulator, bool BiasCorrection) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => AdamScaling.Slots;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
    {
        if (slot == 1) values.Fill(T.CreateTruncating(InitialAccumulator));
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new YogiRule<T>(Beta1, Beta2, Epsilon, BiasCorrection, pass.SlotStep));

    internal static ValidationErrors Check(double beta1, double beta2, double epsilon, double initialAccumulator) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval)
        .Require(epsilon, Bounds.NotNegative).Require(initialAccumulator, Bounds.NotNegative);
}
