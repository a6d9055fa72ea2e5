using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the update by the root of the sum of its squares so far: u / (√(s + ε_r) + ε) (see <see cref="Adagrad"/>).</summary>
internal sealed record AdagradScaling(double InitialAccumulator, double Epsilon, double EpsilonRoot) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["sum"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        values.Fill(T.CreateTruncating(InitialAccumulator));

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdagradRule<T>(Epsilon, EpsilonRoot));

    internal static ValidationErrors Check(double initialAccumulator, double epsilon, double epsilonRoot) => new ValidationErrors()
        .Require(initialAccumulator, Bounds.NotNegative).Require(epsilon, Bounds.NotNegative).Require(epsilonRoot, Bounds.NotNegative);
}
