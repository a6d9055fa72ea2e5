using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>One leaf while a transform changes its update (<see cref="Transform.TransformLeaf"/>); frozen leaves are never seen.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct LeafContext<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StepRun<T> run;
    private readonly LeafStep step;

    private readonly Span<double> scratch;

    internal LeafContext(StepRun<T> run, LeafStep step, Leaf leaf, Span<double> scratch)
    {
        this.run = run;
        this.step = step;
        Leaf = leaf;
        this.scratch = scratch;
        Input = (step.ReadsGradient ? run.Gradients : run.Update).Span(leaf, leaf.Offset, leaf.Length);
        Output = run.Update.Span(leaf, leaf.Offset, leaf.Length);
        Parameters = run.Parameters.Span(leaf, leaf.Offset, leaf.Length);
    }

    /// <summary>The leaf.</summary>
    public Leaf Leaf { get; }

    /// <summary>The number of the update being made, from 1.</summary>
    public long Step => run.Step;

    /// <summary>The number of updates that the slots of the leaf have had, this one included.</summary>
    public long SlotStep => run.Step - SlotPlan.StartOf(run.Plan.Slots, step.Placed, Leaf);

    /// <summary>The settings of the leaf, such as the multiplier of its decay; that of its rate is for <see cref="Transform.PerLeafFactor"/>.</summary>
    public LeafSettings Settings => run.Plan.LeafPlans[Leaf.Index].Settings;

    /// <summary>θ of the leaf.</summary>
    public ReadOnlySpan<T> Parameters { get; }

    /// <summary>The update as it comes.</summary>
    public ReadOnlySpan<T> Input { get; }

    /// <summary>The update as it leaves; every element must be written. It may be the memory of <see cref="Input"/>.</summary>
    public Span<T> Output { get; }

    /// <summary>Memory to work in, as much as <see cref="Transform.ScratchLength"/> asked for; what it holds is arbitrary.</summary>
    /// <typeparam name="TElement">What the memory is to hold: of 8 bytes as many as asked for, of 4 twice as many.</typeparam>
    public Span<TElement> Scratch<TElement>()
        where TElement : unmanaged => MemoryMarshal.Cast<double, TElement>(scratch);

    /// <summary>The scalars of the transform, after this step.</summary>
    public ReadOnlySpan<double> Scalars => run.Scalars.AsSpan(step.Placed.FirstScalar, step.Placed.ScalarNames.Length);

    /// <summary>A slot of the leaf, as the step before left it, to be changed in place; empty where the leaf has none.</summary>
    /// <param name="slot">The slot, as in <see cref="Transform.SlotNames"/>.</param>
    public Span<T> Slot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, step.Placed.SlotNames.Length);
        return run.Slot(step.Placed.FirstSlot + slot, Leaf);
    }
}

/// <summary>The leaves of a step, side by side on the threads, each with scratch memory of its own.</summary>
internal readonly struct LeafBody<T>(StepRun<T> run, LeafStep step) : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(int index)
    {
        Leaf leaf = step.Class.Leaves[index];
        int length = step.Placed.Transform.ScratchLength(leaf);
        AlignedBuffer<double>? scratch = length == 0 ? null : run.Plan.RentScratch();
        step.Placed.Transform.TransformLeaf(new LeafContext<T>(run, step, leaf, scratch is null ? [] : scratch.Span[..length]));
        if (scratch is not null) run.Plan.ReturnScratch(scratch);
    }
}
