using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One step on its way through a plan. <see cref="Bind(long, double[])"/> runs whatever may throw and fixes the constants of every rule, before
/// anything is written; <see cref="Run"/> writes. Its memory is kept for the next step.
/// </summary>
internal sealed unsafe class StepRun<T>(Plan plan)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] measured = new double[plan.MeasuredCount];
    private readonly BoundPass<T>?[] passes = new BoundPass<T>?[plan.PassCount];
    private readonly nint[] slotsIn = new nint[plan.Slots.Length];
    private readonly nint[] slotsOut = new nint[plan.Slots.Length];

    internal Plan Plan => plan;

    internal LeafMemory<T> Parameters { get; set; }

    internal LeafMemory<T> Gradients { get; set; }

    /// <summary>The tree of the gradients, which may know its norm; <c>default</c> where they are no tree.</summary>
    internal ParameterTree<T> GradientTree { get; set; }

    /// <summary>Where the update lies between passes; the gradients' own memory when they are donated.</summary>
    internal LeafMemory<T> Update { get; set; }

    internal LeafMemory<T> Output { get; set; }

    internal PassOutput OutputKind { get; set; }

    /// <summary>t, the number of the update being made.</summary>
    internal long Step { get; private set; }

    /// <summary>The scalars of the state, those of the step before until their transforms have changed them.</summary>
    internal double[] Scalars { get; private set; } = [];

    /// <summary>NeedsStatistics the gradient, changes the scalars and binds every rule. Throws before anything is written.</summary>
    /// <param name="step">t.</param>
    /// <param name="scalars">The scalars of the step before, which become those of this one.</param>
    private void Bind(long step, double[] scalars)
    {
        (Step, Scalars) = (step, scalars);
        measured.AsSpan().Fill(1);
        foreach (PlanStep each in plan.Steps)
        {
            if (each is MeasureStep { ReadsGradient: true } measure) Measure(measure);
        }

        foreach (PlacedTransform placed in plan.Scalars)
            placed.Transform.UpdateScalars(step, scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length));
        plan.Schema.RequireFinite(scalars, step);
        foreach (PlanStep each in plan.Steps)
        {
            if (each is FusedPass pass) Bind(pass);
        }
    }

    /// <summary>Takes the trees that are read.</summary>
    internal void Read(ParameterTree<T> parameters, ParameterTree<T> gradients) =>
        (Parameters, Gradients, GradientTree) = (parameters.Memory, gradients.Memory, gradients);

    /// <summary>Takes leaves that lie elsewhere each.</summary>
    internal void Read(LeafMemory<T> parameters, LeafMemory<T> gradients) =>
        (Parameters, Gradients, GradientTree) = (parameters, gradients, default);

    /// <summary>Takes the memory that is written: the output, and the update between passes.</summary>
    internal void Write(LeafMemory<T> output, PassOutput kind, LeafMemory<T> update) =>
        (Output, OutputKind, Update) = (output, kind, update);

    /// <summary>Binds the step to come; what throws has changed nothing. Returns the next state, without its slots.</summary>
    internal StateShell<T> Begin(OptimizerState<T> state)
    {
        StateShell<T> next = plan.Schema.Rent<T>();
        try
        {
            // An update ends the row of gradients left out.
            (next.Step, next.Counters) = (checked(state.Step + 1), state.Counters with { ConsecutiveSkips = 0 });
            state.Shell?.Scalars.CopyTo(next.Scalars, 0);
            Bind(next.Step, next.Scalars);
            return next;
        }
        catch
        {
            plan.Schema.Return(next);
            throw;
        }
    }

    /// <summary>Writes the step into the slots of the next state, in place of those before.</summary>
    internal void Complete(StateShell<T> next)
    {
        for (int slot = 0; slot < slotsIn.Length; slot++)
            slotsIn[slot] = slotsOut[slot] = next.Slots[slot].Address;
        Run();
        ClearPadding(next);
    }

    /// <summary>Writes the step into slots of its own; where it throws, their memory goes back.</summary>
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
                    break;
                case LeafStep leaves:
                    Transform(leaves);
                    break;
                case FusedPass pass:
                    if (pass.FirstMeasured >= 0 && !pass.ReadsGradient) Bind(pass);
                    Execute(pass);
                    break;
            }
        }
    }

    /// <summary>Forgets what it was run on.</summary>
    internal void Clear() => (GradientTree, Scalars) = (default, []);

    internal ReadOnlySpan<double> MeasuredBy(FusedPass pass) =>
        pass.FirstMeasured < 0 ? [] : measured.AsSpan(pass.FirstMeasured, pass.Class.Segments.Length);

    /// <summary>Keeps the bound rules of a pass.</summary>
    internal void Keep(FusedPass pass, BoundPass<T> bound) => passes[pass.Number] = bound;

    internal BoundPass<T>? Kept(FusedPass pass) => passes[pass.Number];

    internal Span<T> Slot(int slot, Leaf leaf) => plan.Slots[slot].LeafOf(leaf) is { } own
        ? new Span<T>((T*)slotsOut[slot] + own.Offset, own.Length)
        : [];

    private void Measure(MeasureStep step)
    {
        PlacedTransform placed = step.Placed;
        placed.Transform.Measure(
            new UpdateStatistics<T>(this, step, step.ReadsGradient ? Gradients : Update),
            measured.AsSpan(step.FirstMeasured, step.Segments.Length));
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
                new ReadOnlySpan<T>((T*)slotsIn[slot] + own.Offset, own.Length).CopyTo(new Span<T>((T*)slotsOut[slot] + own.Offset, own.Length));
            }
        }

        LeafBody<T> body = new(this, step);
        ParallelFor.Run(step.Class.Leaves.Length, step.Class.Length, body);

        ClearPadding(step.Class);
    }

    private void Execute(FusedPass pass)
    {
        BoundPass<T> bound = passes[pass.Number]!;
        LeafMemory<T> updates = pass.ReadsGradient ? Gradients : Update, output = pass.IsLast ? Output : Update;
        (int packed, uint key) = Packed(pass);
        for (int index = 0; index < pass.Class.Segments.Length; index++)
        {
            if (bound.Places[index].Memory != index) continue;
            Segment segment = pass.Class.Segments[index];
            ref PassMemory<T> memory = ref bound.Memories[index];
            (memory.PackedSlots, memory.RandomKey) = (packed, key);
            memory.Parameters = Parameters.BaseOf(segment.Leaf);
            memory.Updates = updates.BaseOf(segment.Leaf);
            memory.Output = output.BaseOf(segment.Leaf);
            for (int slot = 0; slot < pass.Slots.Length; slot++)
            {
                int own = pass.Slots[slot], number = pass.Class.Slots[own], shift = segment.Shifts[own];
                int size = plan.Slots[number].Format == StateFormat.Full ? sizeof(T) : sizeof(ushort);
                memory.SlotsIn[slot] = slotsIn[number] + ((nint)shift * size);
                memory.SlotsOut[slot] = slotsOut[number] + ((nint)shift * size);
            }

            memory.AvoidCache(pass.Class.Length, pass.Slots.Length);
        }

        bound.Execute();
        if (!pass.IsLast) ClearPadding(pass.Class);
    }

    /// <summary>Which slots of a pass are kept in another format, and the key of the random bits that they are rounded with.</summary>
    private (int Slots, uint Key) Packed(FusedPass pass)
    {
        int packed = 0;
        for (int slot = 0; slot < pass.Slots.Length; slot++)
        {
            if (plan.Slots[pass.Class.Slots[pass.Slots[slot]]].Format != StateFormat.Full) packed |= 1 << slot;
        }

        ulong key = ((ulong)Step * 0x9E37_79B9_7F4A_7C15) + ((ulong)pass.Number << 8);
        return (packed, (uint)(key ^ (key >> 32)));
    }

    private static void ClearPadding(StateShell<T> state)
    {
        foreach (StateSlot<T> slot in state.Slots) slot.ClearPadding();
    }

    /// <summary>The padding adds nothing to what is measured later.</summary>
    private void ClearPadding(LeafClass leafClass)
    {
        foreach (Leaf leaf in leafClass.Padded) Update.Span(leaf, leaf.Offset + leaf.Length, leaf.Padding).Clear();
    }
}
