using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One leaf while a transform changes its update
/// (<see cref="Transform.TransformLeaf"/>). Frozen leaves are never passed.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct LeafContext<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StepRun<T> run;
    private readonly LeafStep step;
    private readonly Span<double> scratch;

    internal LeafContext(StepRun<T> run, LeafStep step, int index, Span<double> scratch)
    {
        this.run = run;
        this.step = step;
        this.scratch = scratch;
        Leaf leaf = Leaf = step.Class.Leaves[index];
        Factor = step.Class.Segments[step.Class.SegmentsOfLeaves[index]].Factors[step.Index];
        Input = (step.ReadsGradient ? run.Gradients : run.Update).Span(leaf, leaf.Offset, leaf.Length);
        Output = run.Update.Span(leaf, leaf.Offset, leaf.Length);
        Parameters = run.Parameters.Span(leaf, leaf.Offset, leaf.Length);
    }

    /// <summary>The leaf.</summary>
    public Leaf Leaf { get; }

    /// <summary>t, the number of this update, from 1.</summary>
    public long Step => run.Step;

    /// <summary>The number of updates of the leaf's slots, this one included; bias correction uses it.</summary>
    public long SlotStep => run.Step - SlotPlan.StartOf(run.Plan.Slots, step.Placed, Leaf);

    /// <summary>
    /// The settings of the leaf, such as the multiplier of its weight decay. The multiplier of its learning rate
    /// belongs to <see cref="Transform.PerLeafFactor"/>.
    /// </summary>
    public LeafSettings Settings => run.Plan.LeafPlans[Leaf.Index].Settings;

    /// <summary>The factor of the transform for the leaf (<see cref="Transform.PerLeafFactor"/>).</summary>
    public double Factor { get; }

    /// <summary>θ, the parameters of the leaf.</summary>
    public ReadOnlySpan<T> Parameters { get; }

    /// <summary>The incoming update.</summary>
    public ReadOnlySpan<T> Input { get; }

    /// <summary>
    /// g, the gradient as it was given to the step, whatever transforms came before; only where
    /// <see cref="Transform.ReadsGradient"/> says so.
    /// </summary>
    public ReadOnlySpan<T> Gradient => run.Gradients.Span(Leaf, Leaf.Offset, Leaf.Length);

    /// <summary>
    /// The outgoing update; every element must be written. It may be the same memory as <see cref="Input"/>.
    /// </summary>
    public Span<T> Output { get; }

    /// <summary>
    /// Scratch memory of the length that <see cref="Transform.ScratchLength"/> returned; its contents are arbitrary.
    /// </summary>
    /// <typeparam name="TElement">
    /// The element type. Of 8 bytes, there are as many elements as requested; of 4 bytes, twice as many.
    /// </typeparam>
    public Span<TElement> Scratch<TElement>()
        where TElement : unmanaged => MemoryMarshal.Cast<double, TElement>(scratch);

    /// <summary>The scalars of the transform, after this step.</summary>
    public ReadOnlySpan<double> Scalars => run.Scalars.AsSpan(step.Placed.FirstScalar, step.Placed.ScalarNames.Length);

    /// <summary>
    /// A slot of the leaf with the values of the last step, to be changed in
    /// place; empty when the leaf does not have it.
    /// </summary>
    /// <param name="slot">The index in <see cref="Transform.SlotNames"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public Span<T> Slot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, step.Placed.SlotNames.Length);
        return run.Slot(step.Placed.FirstSlot + slot, Leaf);
    }
}

/// <summary>The leaves of a step, in parallel, each with its own scratch memory.</summary>
internal readonly struct LeafBody<T>(StepRun<T> run, LeafStep step) : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(int index)
    {
        Leaf leaf = step.Class.Leaves[index];
        int length = step.Placed.Transform.ScratchLength(leaf);
        AlignedBuffer<double>? scratch = length == 0 ? null : run.Plan.RentScratch();
        Span<double> memory = scratch is null ? [] : scratch.Span[..length];
        LeafContext<T> context = new(run, step, index, memory);
        step.Placed.Transform.TransformLeaf(context);
        if (Underflow.IsCleared(run.Step))
        {
            for (int slot = 0; slot < step.Placed.SlotNames.Length; slot++) Underflow.Clear(context.Slot(slot));
        }

        if (scratch is not null) run.Plan.ReturnScratch(scratch);
    }
}
