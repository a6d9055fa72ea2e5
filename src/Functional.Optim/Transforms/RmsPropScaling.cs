using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the update by the root of the running mean of its square, or by its deviation (see <see cref="RmsProp"/>).</summary>
internal sealed record RmsPropScaling(double Alpha, double Epsilon, double EpsilonRoot, bool Centered) : Transform
{
    /// <summary>What the part calls its slots: those of <see cref="RmsPropState{T}"/>.</summary>
    internal static ImmutableArray<string> Slots { get; } = ["v"];

    /// <summary>The same with the mean of the gradient.</summary>
    internal static ImmutableArray<string> CenteredSlots { get; } = ["v", "mean"];

    private static ImmutableArray<string> SlotsAndMomentum { get; } = [.. Slots, .. Momentum.Slots];

    private static ImmutableArray<string> CenteredSlotsAndMomentum { get; } = [.. CenteredSlots, .. Momentum.Slots];

    /// <summary>Whether the mean of the squares is divided by 1 − αᵗ; not where it is centered.</summary>
    internal bool BiasCorrection { get; init; }

    protected internal override ImmutableArray<string> SlotNames => Centered ? CenteredSlots : Slots;

    /// <summary>The slots of the part, and after them that of momentum.</summary>
    internal static ImmutableArray<string> SlotsWith(bool centered, bool momentum) => momentum
        ? centered ? CenteredSlotsAndMomentum : SlotsAndMomentum
        : centered ? CenteredSlots : Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        if (Centered) pass.Add(first, new CenteredRmsPropRule<T>(Alpha, Epsilon, EpsilonRoot));
        else pass.Add(first, new RmsPropRule<T>(Alpha, Epsilon, EpsilonRoot, BiasCorrection ? pass.SlotStep : 0));
    }

    internal static ValidationErrors Check(double alpha, double epsilon, double epsilonRoot) => new ValidationErrors()
        .Require(alpha, Bounds.HalfOpenUnitInterval).Require(epsilon, Bounds.NotNegative).Require(epsilonRoot, Bounds.NotNegative);
}
