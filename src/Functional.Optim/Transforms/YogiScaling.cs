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

    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Then(first, new YogiRule<T>(Beta1, Beta2, Epsilon, BiasCorrection, pass.SlotStep));

    internal static Faults Check(double beta1, double beta2, double epsilon, double initialAccumulator) => new Faults()
        .Require(beta1, Bounds.BelowOne).Require(beta2, Bounds.BelowOne)
        .Require(epsilon, Bounds.NotNegative).Require(initialAccumulator, Bounds.NotNegative);
}
