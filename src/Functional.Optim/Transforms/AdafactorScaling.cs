using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The whole step of Adafactor for a leaf (see <see cref="Adafactor"/>), the learning rate included.</summary>
/// <param name="Schedule">η(t).</param>
/// <param name="Form">Whose semantics.</param>
/// <param name="RelativeStep">Whether the rate is at most 1 / √t.</param>
/// <param name="ScaleByParameters">Whether the step is as long as the parameters are large.</param>
/// <param name="Beta1">β₁; 0 for no momentum.</param>
/// <param name="Beta2Power">c, of β₂(t) = 1 − t^−c.</param>
/// <param name="ClipThreshold">d.</param>
/// <param name="Epsilon">ε₁; <see langword="null"/> for that of the form.</param>
/// <param name="MinimumScale">ε₂.</param>
/// <param name="WeightDecay">λ(t).</param>
internal sealed record AdafactorScaling(
    Schedule Schedule, AdafactorForm Form, bool RelativeStep, bool ScaleByParameters, double Beta1, double Beta2Power,
    double ClipThreshold, double? Epsilon, double MinimumScale, Schedule WeightDecay) : Transform
{
    private const int Row = 0, Column = 1, Full = 2, Momentum = 3;

    internal static ImmutableArray<string> Slots { get; } = ["row", "column", "v"];

    internal static ImmutableArray<string> MomentumSlots { get; } = [.. Slots, "m"];

    /// <summary>
    /// The rate of the last update: a schedule may throw, and a scalar is asked for before anything is written.
    /// </summary>
    internal static ImmutableArray<string> Scalars { get; } = ["learningRate"];

    /// <summary>Which leaves decay.</summary>
    public LeafFilter DecayFilter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    protected internal override ImmutableArray<string> SlotNames => Beta1 == 0 ? Slots : MomentumSlots;

    protected internal override ImmutableArray<string> ScalarNames => Scalars;

    protected internal override bool TransformsLeaves => true;

    protected internal override bool IsLearningRate => true;

    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        WeightDecay is Constant { Rate: 0 } ? [] : [("decay", DecayFilter)];

    /// <summary>A predicate of a user's is asked while the step writes, and may throw.</summary>
    private protected override bool NeverThrows => DecayFilter.NeverThrows;

    /// <summary>
    /// Rows and columns of the last two dimensions, v for what has fewer; nothing for a leaf without elements.
    /// </summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        bool isFactored = leaf.Rank >= 2;
        if (leaf.Length == 0 || (slot != Momentum && isFactored == (slot == Full))) return null;
        return slot switch
        {
            Row => leaf.Shape.RemoveAt(leaf.Rank - 1),
            Column => leaf.Shape.RemoveAt(leaf.Rank - 2),
            _ => leaf.Shape,
        };
    }

    protected internal override void UpdateScalars(long step, Span<double> scalars)
    {
        scalars[0] = Schedule.At(step);
        // Asked here too, so that what throws does so before anything is written.
        _ = WeightDecay.SettingAt(step, Bounds.NotNegative, nameof(WeightDecay));
    }

    protected internal override double RateAt(long step) => Limited(Schedule.At(step), step);

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        settings.LearningRateMultiplier;

    protected internal override double WeightDecayFor(Leaf leaf) => DecayAt(leaf, 1);

    private double DecayAt(Leaf leaf, long step) => DecayFilter.Contains(leaf) ? WeightDecay.At(step) : 0;

    /// <summary>The multiplier of a group.</summary>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        LearningRate.Multiplied<T>(pass.Scalars[0], pass.Factor, pass.Step);
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Factor)));
    }

    protected internal override int ScratchLength(Leaf leaf) =>
        leaf.Rank < 2 || leaf.Length == 0 ? 0 : RowBlocks.Of(leaf).ScratchLength;

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> update = leaf.Output;
        Divide(leaf, update);
        double length = leaf.Leaf.Length, rate = leaf.Scalars[0], limited = Limited(rate, leaf.Step);
        double size = BlockReduction.Norm<T>(update) / Math.Sqrt(length);
        double scale = ScaleByParameters
            ? Math.Max(MinimumScale, BlockReduction.Norm(leaf.Parameters) / Math.Sqrt(length))
            : 1;
        double decay = DecayAt(leaf.Leaf, leaf.Step) * leaf.Settings.WeightDecayMultiplier;
        double shrinkage = decay == 0 ? 0 : decay * (Form == AdafactorForm.Torch ? rate : limited * scale);
        T moved = T.CreateTruncating((1 - Beta1) * limited * scale / Math.Max(1, size / ClipThreshold));
        RoundedDecayRule<T> shrink = new(T.CreateTruncating(shrinkage));
        if (Beta1 == 0)
        {
            Elementwise.Run(
                new Then<T, ScaleRule<T>, RoundedDecayRule<T>>(new(moved), shrink), leaf.Parameters, update, update);
            return;
        }

        Span<T> momentum = leaf.Slot(Momentum);
        Elementwise.Run(
            new Then<T, ScaledMeanRule<T>, RoundedDecayRule<T>>(new(T.CreateTruncating(Beta1), moved), shrink),
            leaf.Parameters, update, update, new(momentum), new(momentum));
    }

    /// <summary>The gradient over the root of the mean of its squares, which takes them in first.</summary>
    private void Divide<T>(in LeafContext<T> leaf, Span<T> update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool isTorch = Form == AdafactorForm.Torch;
        double weight = Math.Pow(leaf.SlotStep, -Beta2Power);
        double epsilon = Epsilon ?? (isTorch ? double.CreateTruncating(T.BitIncrement(T.One) - T.One) : 1e-30);
        double added = isTorch ? 0 : epsilon, minMean = isTorch ? epsilon : 0;
        T minRoot = T.Max(T.CreateTruncating(isTorch ? epsilon : 0), SquareMeans<T>.MinRoot);
        if (leaf.Leaf.Rank >= 2)
        {
            SquareFactors<T> factors = new(RowBlocks.Of(leaf.Leaf), weight, added);
            Span<double> scratch = leaf.Scratch<double>();
            factors.Update(leaf.Input, leaf.Slot(Row), leaf.Slot(Column), scratch);
            factors.Divide(leaf.Input, leaf.Slot(Row), leaf.Slot(Column), scratch, minMean, minRoot, update);
        }
        else
        {
            SquareMeans<T>.Divide(leaf.Input, leaf.Slot(Full), weight, added, minRoot, update);
        }
    }

    private double Limited(double rate, long step) => RelativeStep ? Math.Min(rate, 1 / Math.Sqrt(step)) : rate;
}
