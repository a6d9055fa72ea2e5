using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One step through a plan. <see cref="Bind(long, double[])"/> runs all code that may throw and fixes the constants of
/// every rule before anything is written. <see cref="Run"/> writes. The object is reused for the next step.
/// </summary>
internal sealed unsafe class StepRun<T>(Plan plan)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] measured = new double[plan.MeasuredCount];
    private readonly BoundPass<T>?[] passes = new BoundPass<T>?[plan.PassCount];
    private readonly nint[] slotsIn = new nint[plan.Slots.Length];
    private readonly nint[] slotsOut = new nint[plan.Slots.Length];
    private Leaf? refused;

    internal Plan Plan => plan;

    internal LeafMemory<T> Parameters { get; set; }

    internal LeafMemory<T> Gradients { get; set; }

    /// <summary>The tree of the gradients, which may know its norm; <c>default</c> when they are not a tree.</summary>
    internal ParameterTree<T> GradientTree { get; set; }

    /// <summary>The memory of the update between passes; for donated gradients their own memory.</summary>
    internal LeafMemory<T> Update { get; set; }

    internal LeafMemory<T> Output { get; set; }

    internal PassOutput OutputKind { get; set; }

    /// <summary>t, the number of this update.</summary>
    internal long Step { get; private set; }

    /// <summary>The scalars of the state: those of the last step, until their transforms update them.</summary>
    internal double[] Scalars { get; private set; } = [];

    /// <summary>
    /// Measures the gradient, updates the scalars and binds every rule. Throws before anything is written.
    /// </summary>
    /// <param name="step">t, the number of this update.</param>
    /// <param name="scalars">The scalars of the last step, updated to those of this step.</param>
    private void Bind(long step, double[] scalars)
    {
        (Step, Scalars) = (step, scalars);
        measured.AsSpan().Fill(1);
        foreach (PlanStep each in plan.Steps)
        {
            if (each is MeasureStep { ReadsGradient: true, IsOfUnwritten: false } measure) Measure(measure);
        }

        foreach (PlacedTransform placed in plan.Scalars)
            placed.Transform.UpdateScalars(step, scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length));
        plan.Schema.RequireFinite(scalars, step);
        foreach (PlanStep each in plan.Steps)
        {
            if (each is FusedPass pass) Bind(pass);
            else if (each is MeasureStep { IsOfUnwritten: true } measure) MeasureUnwritten(measure);
        }
    }

    /// <summary>Sets the trees that are read.</summary>
    internal void Read(ParameterTree<T> parameters, ParameterTree<T> gradients) =>
        (Parameters, Gradients, GradientTree) = (parameters.Memory, gradients.Memory, gradients);

    /// <summary>Sets scattered memory that is read.</summary>
    internal void Read(LeafMemory<T> parameters, LeafMemory<T> gradients) =>
        (Parameters, Gradients, GradientTree) = (parameters, gradients, default);

    /// <summary>Sets the memory that is written: the output, and the update between passes.</summary>
    internal void Write(LeafMemory<T> output, PassOutput kind, LeafMemory<T> update) =>
        (Output, OutputKind, Update) = (output, kind, update);

    /// <summary>
    /// Binds the next step and returns the next state, without its slots. If it throws, nothing has changed.
    /// </summary>
    internal StateShell<T> Begin(OptimizerState<T> state)
    {
        StateShell<T> next = plan.Schema.Rent<T>();
        try
        {
            // An update ends a series of skipped gradients.
            (next.Step, next.Counters) = (checked(state.Step + 1), state.Counters with { ConsecutiveSkips = 0 });
            state.Shell?.Scalars.CopyTo(next.Scalars, 0);
            for (int slot = 0; slot < slotsIn.Length; slot++) slotsIn[slot] = state.Slot(slot).Address;
            Bind(next.Step, next.Scalars);
            return next;
        }
        catch
        {
            plan.Schema.Return(next);
            throw;
        }
        finally
        {
            for (int slot = 0; slot < slotsIn.Length; slot++) GC.KeepAlive(state.Slot(slot).Owner);
        }
    }

    /// <summary>Runs the step and writes the slots of the next state in place.</summary>
    internal void Complete(StateShell<T> next)
    {
        for (int slot = 0; slot < slotsIn.Length; slot++)
            slotsIn[slot] = slotsOut[slot] = next.Slots[slot].Address;
        Run();
        ClearPadding(next);
    }

    /// <summary>Runs the step and writes new slots. If it throws, their memory is released.</summary>
    internal void Complete(StateShell<T> next, OptimizerState<T> before)
    {
        try
        {
            for (int slot = 0; slot < slotsIn.Length; slot++)
            {
                next.Slots[slot] = before.Slot(slot).RentNext();
                slotsIn[slot] = before.Slot(slot).Address;
                slotsOut[slot] = next.Slots[slot].Address;
            }

            Run();
            ClearPadding(next);
        }
        catch
        {
            foreach (StateSlot<T> slot in next.Slots)
            {
                if (!slot.IsDefault) slot.Release(nameof(Optimizer));
            }

            plan.Schema.Return(next);
            throw;
        }
        finally
        {
            for (int slot = 0; slot < slotsIn.Length; slot++) GC.KeepAlive(before.Slot(slot).Owner);
        }
    }

    /// <summary>Runs the steps in order.</summary>
    private void Run()
    {
        foreach (PlanStep step in plan.Steps)
        {
            switch (step)
            {
                case MeasureStep { ReadsGradient: false } measure:
                    Measure(measure);
                    plan.Schema.RequireFinite(Scalars, Step);
                    break;
                case LeafStep leaves:
                    Transform(leaves);
                    break;
                case FusedPass pass:
                    if (pass.IsMeasuredLate) Bind(pass);
                    Execute(pass);
                    break;
            }
        }
    }

    /// <summary>Drops the references to the inputs.</summary>
    internal void Clear() => (GradientTree, Scalars) = (default, []);

    /// <summary>The results of a transform of a pass, for each segment; empty where it measures nothing.</summary>
    internal ReadOnlySpan<double> MeasuredBy(FusedPass pass, int transform) =>
        pass.Measured[transform - pass.Start] is >= 0 and int first
            ? measured.AsSpan(first, pass.Class.Segments.Length)
            : [];

    /// <summary>The bound rules of a pass; <see langword="null"/> before the first step.</summary>
    internal BoundPass<T>? BoundPassOf(FusedPass pass) => passes[pass.Number];

    internal void SetBoundPass(FusedPass pass, BoundPass<T> bound) => passes[pass.Number] = bound;

    internal Span<T> Slot(int slot, Leaf leaf) => plan.Slots[slot].LeafOf(leaf) is { } own
        ? new Span<T>((T*)slotsOut[slot] + own.Offset, own.Length)
        : [];

    /// <summary>The addresses of a range whose slots belong to one transform, for measuring.</summary>
    internal PassMemory<T> MeasuredMemory(PlacedTransform placed, Segment segment, LeafMemory<T> updates)
    {
        PassMemory<T> memory = new()
        {
            Parameters = Parameters.BaseOf(segment.Leaf), Updates = updates.BaseOf(segment.Leaf),
        };
        for (int slot = 0; slot < placed.SlotNames.Length; slot++)
        {
            SlotPlan own = plan.Slots[placed.FirstSlot + slot];
            nint address = slotsIn[placed.FirstSlot + slot];
            memory.SlotsIn[slot] = address + ((nint)own.ShiftOf(segment.Leaf) * own.Format.BytesPerElement<T>());
            memory.ScalesIn[slot] = address + own.ScalesOf(segment.Leaf);
            memory.SetFormat(slot, own.Format.InKernels());
        }

        memory.FirstBlock = segment.Start;
        return memory;
    }

    /// <summary>
    /// Notes a leaf of a shard whose measure is not finite: all processes get as far as their next exchange, and throw
    /// together.
    /// </summary>
    internal void RefuseTogether(Leaf leaf) => refused ??= leaf;

    private void Measure(MeasureStep step)
    {
        PlacedTransform placed = step.Placed;
        refused = null;
        placed.Transform.Measure(
            new UpdateStatistics<T>(this, step, step.ReadsGradient ? Gradients : Update),
            measured.AsSpan(step.FirstMeasured, step.Segments.Length));
        if (plan.Shard?.First(refused) is { } leaf) throw new NonFiniteGradientException(leaf.Name, Step);
    }

    /// <summary>Measures an update that the rules before would make of the gradient. Nothing is written yet.</summary>
    private void MeasureUnwritten(MeasureStep step)
    {
        foreach (FusedPass pass in step.Unwritten)
        {
            Bind(pass);
            if (pass.Class.Segments.Length > 0) Locate(pass, output: default);
        }

        Measure(step);
        plan.Schema.RequireFinite(Scalars, Step);
    }

    private void Bind(FusedPass pass) => new RulePass<T>(this, pass).Bind();

    private void Transform(LeafStep step)
    {
        PlacedTransform placed = step.Placed;
        for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
        {
            if (slotsIn[slot] == slotsOut[slot]) continue;
            foreach (Leaf leaf in step.Class.Leaves)
            {
                if (plan.Slots[slot].LeafOf(leaf) is not { } own) continue;
                ReadOnlySpan<T> before = new((T*)slotsIn[slot] + own.Offset, own.Length);
                before.CopyTo(new Span<T>((T*)slotsOut[slot] + own.Offset, own.Length));
            }
        }

        LeafBody<T> body = new(this, step);
        ParallelFor.Run(step.Class.Leaves.Length, step.Class.Length, body);

        ClearPadding(step.Class);
    }

    private void Execute(FusedPass pass)
    {
        if (pass.Class.Segments.Length == 0) return;
        Locate(pass, pass.IsLast ? Output : Update).Execute(this);
        if (!pass.IsLast) ClearPadding(pass.Class);
    }

    /// <summary>Sets the addresses that a pass reads and writes.</summary>
    private BoundPass<T> Locate(FusedPass pass, LeafMemory<T> output)
    {
        BoundPass<T> bound = passes[pass.Number]!;
        LeafMemory<T> updates = pass.ReadsGradient ? Gradients : Update;
        uint key = RandomKey(pass);
        for (int index = 0; index < pass.Class.Segments.Length; index++)
        {
            if (bound.Indices[index].Memory != index) continue;
            Segment segment = pass.Class.Segments[index];
            ref PassMemory<T> memory = ref bound.Memories[index];
            (memory.RandomKey, memory.FirstIndex) = (key, (uint)(plan.Shard?.Start ?? 0));
            memory.FirstBlock = segment.Start;
            memory.ClearsUnderflow = Underflow.IsCleared(Step);
            memory.Parameters = Parameters.BaseOf(segment.Leaf);
            memory.Updates = updates.BaseOf(segment.Leaf);
            memory.Output = output.BaseOf(segment.Leaf);
            for (int slot = 0; slot < pass.Slots.Length; slot++)
            {
                int own = pass.Slots[slot], number = pass.Class.Slots[own], shift = segment.Shifts[own];
                StateFormat format = plan.Slots[number].Format;
                int size = format.BytesPerElement<T>();
                memory.SetFormat(slot, format.InKernels());
                memory.SlotsIn[slot] = slotsIn[number] + ((nint)shift * size);
                memory.SlotsOut[slot] = slotsOut[number] + ((nint)shift * size);
                memory.ScalesIn[slot] = slotsIn[number] + segment.Scales[own];
                memory.ScalesOut[slot] = slotsOut[number] + segment.Scales[own];
            }

            memory.ChooseStores(pass.Class.Length, pass.Slots.Length);
            // What is rounded next stays in the cache.
            memory.NonTemporal &= !pass.RoundsOutput;
        }

        return bound;
    }

    /// <summary>The key of the random bits that round the slots of a pass that are not full.</summary>
    private uint RandomKey(FusedPass pass)
    {
        ulong key = ((ulong)Step * 0x9E37_79B9_7F4A_7C15) + ((ulong)pass.Number << 8);
        return (uint)(key ^ (key >> 32));
    }

    private static void ClearPadding(StateShell<T> state)
    {
        foreach (StateSlot<T> slot in state.Slots) slot.ClearPadding();
    }

    /// <summary>Clears the padding, so that it adds nothing to later measurements.</summary>
    private void ClearPadding(LeafClass leafClass)
    {
        foreach (Leaf leaf in leafClass.Padded) Update.Span(leaf, leaf.Offset + leaf.Length, leaf.Padding).Clear();
    }
}
