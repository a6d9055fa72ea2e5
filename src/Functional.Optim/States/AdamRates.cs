using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// What the last update of Adam multiplied each m̂ by: η(t)·s / (√v̂ + ε), leaf by leaf, in double. v̂ is
/// bias-corrected by the updates that the leaf has had; under AMSGrad it is the largest one.
/// </summary>
internal readonly struct AdamRates<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AdamOptimizer scaling;
    private readonly LeafPlanner planner;
    private readonly SlotStarts? starts;
    private readonly long step;

    private AdamRates(Optimizer optimizer, AdamOptimizer scaling, AdamState<T> state)
    {
        (this.scaling, step) = (scaling, state.Step);
        planner = new LeafPlanner(optimizer, Placement.Of(optimizer.Transforms, format: null));
        starts = state.ToState().Starts;
        // Of a slot in another format this is a decoded copy.
        Divisor = scaling.AmsGrad == AmsGrad.Off ? state.V : state.MaximumV;
    }

    /// <summary>v, or the largest v under AMSGrad.</summary>
    internal ParameterTree<T> Divisor { get; }

    /// <summary>The rates of a state under its optimizer.</summary>
    /// <exception cref="ArgumentException">The optimizer has no Adam transform, or more than one.</exception>
    internal static AdamRates<T> Of(Optimizer optimizer, AdamState<T> state)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        AdamOptimizer[] scalings =
            [.. optimizer.Transforms.OfType<OptimizerScaling>().Select(part => part.Settings).OfType<AdamOptimizer>()];
        return scalings is [AdamOptimizer scaling]
            ? new(optimizer, scaling, state)
            : throw new ArgumentException(
                $"{optimizer} has {scalings.Length} Adam parts; effective rates are of one.", nameof(optimizer));
    }

    internal bool IsFrozen(Leaf leaf) => planner.LeafPlanOf(leaf).Settings.Frozen;

    /// <summary>
    /// The rate as a function of an element of <see cref="Divisor"/>; <see langword="null"/> where it is 0: in frozen
    /// leaves, at a learning rate of 0, and before the first update of the leaf.
    /// </summary>
    internal RateMap? Of(Leaf leaf)
    {
        long updates = step - StartOf(leaf);
        LeafPlan plan = planner.LeafPlanOf(leaf);
        double rate = updates <= 0 || plan.Settings.Frozen ? 0 : plan.RateAt(step);
        return rate > 0 ? new RateMap(rate, RootAfter(updates), scaling.Epsilon, From: 0) : null;
    }

    private double RootAfter(long updates) => scaling.CorrectsBias && scaling.AmsGrad != AmsGrad.OfCorrectedMoment
        ? 1 / Math.Sqrt(BiasCorrection.Factor(scaling.Beta2, updates))
        : 1;

    private long StartOf(Leaf leaf) =>
        starts is null || starts.OfSlots[0].IsDefaultOrEmpty ? 0 : starts.OfSlots[0][leaf.Index];

    /// <summary>f(v) = rate / (√v·root + ε) − from.</summary>
    internal readonly record struct RateMap(double Rate, double Root, double Epsilon, double From) : BlockReduction.IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double> =>
            (TLane.Broadcast(Rate) / TLane.FusedMultiplyAdd(
                TLane.Sqrt(value), TLane.Broadcast(Root), TLane.Broadcast(Epsilon)))
            - TLane.Broadcast(From);
    }
}
