using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The whole step of Fromage for a leaf (see <see cref="Fromage"/>), the learning rate included.</summary>
/// <param name="Schedule">η(t).</param>
/// <param name="Bound">b; <see langword="null"/> for no bound.</param>
internal sealed record FromageScaling(Schedule Schedule, double? Bound) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["firstNorm"];

    protected internal override ImmutableArray<string> SlotNames => Bound is null ? [] : Slots;

    protected internal override bool TransformsLeaves => true;

    /// <summary>A schedule of a user is asked while the step writes, and may throw.</summary>
    private protected override bool NeverThrows => Schedule.IsBuiltIn;

    protected internal override bool IsLearningRate => true;

    /// <summary>A scalar; nothing for a leaf without elements.</summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) => leaf.Length == 0 ? null : [];

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        values[0] = T.CreateTruncating(BlockReduction.Norm(parameters));

    protected internal override double RateAt(long step) => Schedule.At(step);

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        settings.LearningRateMultiplier;

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        if (leaf.Leaf.Length == 0) return;
        double rate = Schedule.At(leaf.Step) * leaf.Factor, growth = Math.Sqrt(1 + (rate * rate));
        double size = BlockReduction.Norm(leaf.Parameters), length = BlockReduction.Norm(leaf.Input);
        bool isPlain = size == 0 || length == 0;
        // θ' = θ − u' with u' = shrunk·θ + moved·g; 1 − 1/√(1 + η²) is written without a difference of near numbers.
        double shrunk = rate * rate / (growth * (1 + growth)), moved = (isPlain ? rate : rate * size / length) / growth;
        if (Bound is { } bound)
        {
            double cosine = isPlain ? 0 : Math.Clamp(
                BlockReduction.Dot(leaf.Parameters, leaf.Input) / size / length, -1, 1);
            double reached = isPlain
                ? (size + (rate * length)) / growth
                : size * Math.Sqrt(Math.Max(0, 1 + (rate * (rate - (2 * cosine))))) / growth;
            double most = bound * double.CreateTruncating(leaf.Slot(0)[0]);
            if (reached > most)
            {
                double kept = most / reached;
                (shrunk, moved) = (1 - kept + (kept * shrunk), kept * moved);
            }
        }

        // At most the largest number of the type, so that a gradient of denormal numbers makes no NaN.
        moved = Math.Min(moved, ElementType.Largest<T>());
        Elementwise.Run(
            new Then<T, ScaleRule<T>, DecayRule<T>>(new(T.CreateTruncating(moved)), new(T.CreateTruncating(shrunk))),
            leaf.Parameters, leaf.Input, leaf.Output);
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        LearningRate.Multiplied<T>(Schedule.At(pass.Step), pass.Factor, pass.Step);
        pass.Add(first, default(IdentityRule<T>));
    }
}
