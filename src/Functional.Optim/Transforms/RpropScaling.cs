using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Makes of each element of the update a step of its own size, by the signs of its history (see <see cref="Rprop"/>).</summary>
internal sealed record RpropScaling(double InitialStep, double EtaMinus, double EtaPlus, double MinimumStep, double MaximumStep) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["previous gradient", "step size"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
    {
        if (slot == 1) values.Fill(T.CreateTruncating(InitialStep));
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new RpropRule<T>(EtaMinus, EtaPlus, MinimumStep, MaximumStep));

    internal static ValidationErrors Check(double initialStep, double etaMinus, double etaPlus, double minimumStep, double maximumStep) =>
        new ValidationErrors()
        .Require(initialStep, Bounds.Positive).Require(minimumStep, Bounds.NotNegative).Require(maximumStep, Bounds.NotNegative)
        .Require(etaMinus, Rprop.Shrinking).Require(etaPlus, Rprop.Growing)
        .Require(!(maximumStep < minimumStep), nameof(maximumStep), maximumStep,
            string.Create(CultureInfo.InvariantCulture, $"{minimumStep}, the smallest, or more"));
}
