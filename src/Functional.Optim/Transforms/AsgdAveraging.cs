using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Averages the parameters that the update leads to, and hands it on (see <see cref="Asgd"/>).</summary>
internal sealed record AsgdAveraging(long AverageAfter) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["average"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        parameters.CopyTo(values);

    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Then(first, new AveragingRule<T>(AsgdSteps.AverageWeight(AverageAfter, pass.SlotStep)));

    internal static Faults Check(long averageAfter) => new Faults()
        .Require(averageAfter, Bounds.AtLeast(0));
}
