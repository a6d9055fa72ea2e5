using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Functional.Optim;

/// <summary>
/// The state of any optimizer: the number of finished updates, a tree for each slot in the order of the transforms that
/// own them, named scalars, and what optimizer it belongs to.
/// </summary>
/// <remarks>
/// The slots carry the names that their transforms give them, so a transform of a composition is seen by the type of
/// its state: <c>AdamState&lt;float&gt;.From(state)</c>, or by name: <c>state["m"]</c>. In a <see cref="Partition"/>
/// the name of the rule comes first: <c>state["matrices/m"]</c>. Where two transforms have the same names, a range of
/// slots comes first: <c>AdamState&lt;float&gt;.From(state[2..4])</c>. The struct is a handle, cheap to copy. A state
/// that was donated or released is consumed: using it throws <see cref="ObjectDisposedException"/>. Reading one from
/// several threads is safe.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct OptimizerState<T> : IOptimizerState<T, OptimizerState<T>>, IEquatable<OptimizerState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StateShell<T>? shell;
    private readonly int generation;

    /// <summary>A state made directly, whose slots have no names and which any optimizer with as many takes.</summary>
    /// <param name="step">The number of finished updates; not negative.</param>
    /// <param name="slots">The tree of each slot.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public OptimizerState(long step, params ReadOnlySpan<ParameterTree<T>> slots)
        : this(step, [], slots)
    {
    }

    /// <summary>A state made directly.</summary>
    /// <param name="step">The number of finished updates; not negative.</param>
    /// <param name="slotNames">The name of each slot, or none.</param>
    /// <param name="slots">The tree of each slot.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">There are names, but not one for each slot.</exception>
    public OptimizerState(long step, ImmutableArray<string> slotNames, ReadOnlySpan<ParameterTree<T>> slots)
        : this(
            step, new StateSchema { SlotNames = slotNames.IsDefault ? [] : slotNames }, StateSlot<T>.Of(slots), [],
            default)
    {
    }

    /// <summary>A state as read from a checkpoint.</summary>
    /// <param name="step">The number of finished updates; not negative.</param>
    /// <param name="slotNames">The name of each slot, or none.</param>
    /// <param name="identity">What the slots mean: <see cref="Identity"/>; empty where that is not known.</param>
    /// <param name="slots">The tree of each slot.</param>
    /// <param name="scalars">The scalars with their names; none by default.</param>
    /// <param name="slotStarts">What <see cref="SlotStarts"/> was; none where every leaf started at 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">
    /// There are names, but not one for each slot, or starts, but not one from 0 to the step for each leaf of a slot
    /// that has any.
    /// </exception>
    public OptimizerState(
        long step, ImmutableArray<string> slotNames, string identity, ReadOnlySpan<ParameterTree<T>> slots,
        ImmutableArray<KeyValuePair<string, double>> scalars = default,
        ImmutableArray<ImmutableArray<long>> slotStarts = default)
        : this(
            step,
            new StateSchema
            {
                SlotNames = slotNames.IsDefault ? [] : slotNames, Identity = identity,
                ScalarNames = scalars.IsDefault ? [] : [.. scalars.Select(scalar => scalar.Key)],
                Starts = slotStarts.IsDefaultOrEmpty ? null : Optim.SlotStarts.Of(slotStarts),
            },
            StateSlot<T>.Of(slots), scalars.IsDefault ? [] : [.. scalars.Select(scalar => scalar.Value)], default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (slotStarts.IsDefaultOrEmpty) return;
        bool fits = slotStarts.Length == slots.Length;
        for (int slot = 0; slot < slots.Length && fits; slot++)
            fits = Optim.SlotStarts.Fit(slotStarts[slot].AsSpan(), slots[slot].Layout.Leaves.Length, step);
        if (!fits)
            throw new ArgumentException(
                $"There is not a start from 0 to {step} for each leaf of each slot, or none for a slot.",
                nameof(slotStarts));
    }

    /// <summary>A state of slots that lie elsewhere; the schema gives everything but their layouts.</summary>
    internal OptimizerState(
        long step, StateSchema schema, ReadOnlySpan<StateSlot<T>> slots, ReadOnlySpan<double> scalars,
        UpdateCounters counters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (!schema.SlotNames.IsEmpty && schema.SlotNames.Length != slots.Length)
        {
            throw new ArgumentException(
                $"There are {slots.Length} slots, but names for {schema.SlotNames.Length}: "
                + $"{string.Join(", ", schema.SlotNames)}.", nameof(slots));
        }

        TreeLayout?[] layouts = new TreeLayout?[slots.Length];
        for (int slot = 0; slot < slots.Length; slot++) layouts[slot] = slots[slot].Layout;
        shell = new StateShell<T>(schema.Over([.. layouts])) { Step = step, Counters = counters };
        for (int slot = 0; slot < slots.Length; slot++) shell.Slots[slot] = slots[slot];
        scalars.CopyTo(shell.Scalars);
        generation = shell.Generation;
    }

    internal OptimizerState(StateShell<T> shell, int generation)
    {
        this.shell = shell;
        this.generation = generation;
    }

    /// <inheritdoc/>
    public long Step => Shell?.Step ?? 0;

    /// <summary>What is counted besides the updates.</summary>
    public UpdateCounters Counters => Shell?.Counters ?? default;

    /// <summary>How many slots there are.</summary>
    public int SlotCount => Shell?.Schema.SlotCount ?? 0;

    /// <summary>The name of each slot, such as m and v; empty when the state was made without names.</summary>
    public ImmutableArray<string> SlotNames => Shell?.Schema.SlotNames ?? [];

    /// <summary>The names of the scalars, such as d of Prodigy.</summary>
    public ImmutableArray<string> ScalarNames => Shell?.Schema.ScalarNames ?? [];

    /// <summary>
    /// What the slots mean: the transforms that keep them, with their names, such as <c>adam(m, v)</c>. A step refuses
    /// the state of another identity. Settings are not part of it. Empty for a state made directly.
    /// </summary>
    public string Identity => Shell?.Schema.Identity ?? "";

    /// <summary>
    /// The number of finished updates when each leaf of each slot started, by slot and leaf; empty where all started at
    /// 0, and for a slot whose leaves did. Bias correction counts from there (<see cref="Optimizer.Continue"/>).
    /// </summary>
    public ImmutableArray<ImmutableArray<long>> SlotStarts => Starts?.OfSlots ?? [];

    /// <summary>The bytes that the slots and scalars take, padding included.</summary>
    public long ByteCount
    {
        get
        {
            long bytes = ScalarNames.Length * sizeof(double);
            for (int slot = 0; slot < SlotCount; slot++) bytes += BytesOf(slot);
            return bytes;
        }
    }

    /// <summary>
    /// What the handle refers to; <see langword="null"/> for <c>default</c>, a state without slots at step 0.
    /// </summary>
    internal StateShell<T>? Shell => shell is null || shell.Generation == generation
        ? shell
        : throw new ObjectDisposedException(
            nameof(OptimizerState<>), $"This state was consumed by {shell.ConsumedBy}.");

    internal Optim.SlotStarts? Starts => Shell?.Schema.Starts;

    /// <summary>The tree of a slot; of one in another format a decoded copy.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    public ParameterTree<T> this[int slot] => Slot(slot).ToTree();

    /// <summary>The tree of the slot of a name.</summary>
    /// <param name="name">The name, which one slot only has.</param>
    /// <exception cref="ArgumentException">No slot has this name, or more than one.</exception>
    public ParameterTree<T> this[string name] => this[RangeOf([name]).Start.Value];

    /// <summary>The same step with some of the slots.</summary>
    /// <param name="range">The slots, such as <c>2..4</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer slots.</exception>
    public OptimizerState<T> this[Range range]
    {
        get
        {
            (int start, int length) = range.GetOffsetAndLength(SlotCount);
            if (length == SlotCount) return this;
            StateShell<T> part = new(shell!.Schema.Slice(start, length)) { Step = Step, Counters = Counters };
            shell.Slots.AsSpan(start, length).CopyTo(part.Slots);
            shell.Scalars.CopyTo(part.Scalars, 0);
            return part.Handle();
        }
    }

    /// <summary>
    /// Whether two states have the same step, counts and scalars and the same bits in every slot, whatever their names.
    /// </summary>
    public static bool operator ==(OptimizerState<T> left, OptimizerState<T> right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    public static bool operator !=(OptimizerState<T> left, OptimizerState<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public static OptimizerState<T> From(OptimizerState<T> state) => state;

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => this;

    /// <summary>The value of the scalar of a name.</summary>
    /// <exception cref="ArgumentException">No scalar has this name.</exception>
    public double Scalar(string name)
    {
        int index = ScalarNames.IndexOf(name);
        return index >= 0 ? shell!.Scalars[index] : throw new ArgumentException(
            $"No scalar is named '{name}'; the state has "
            + $"{(ScalarNames.IsEmpty ? "none" : string.Join(", ", ScalarNames))}.", nameof(name));
    }

    /// <summary>The bytes that a slot takes, padding included.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    public long BytesOf(int slot) => Slot(slot).ByteCount;

    /// <summary>The format in which a slot is kept.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    public StateFormat FormatOf(int slot) => Slot(slot).Format;

    /// <summary>
    /// The same state with its slots in other formats, such as those of the file that it was read from. What a format
    /// does not hold is rounded.
    /// </summary>
    /// <param name="formats">The format of each slot.</param>
    /// <exception cref="ArgumentException">There is not a format for each slot.</exception>
    public OptimizerState<T> InFormats(params ReadOnlySpan<StateFormat> formats)
    {
        if (formats.Length != SlotCount)
            throw new ArgumentException(
                $"There are {SlotCount} slots, but formats for {formats.Length}.", nameof(formats));
        if (Shell is null) return this;
        OptimizerState<T> changed = ToChange();
        for (int slot = 0; slot < formats.Length; slot++)
        {
            if (formats[slot] == FormatOf(slot)) continue;
            ParameterTree<T> numbers = FormatOf(slot) == StateFormat.Full ? this[slot].Copy() : this[slot];
            changed.Shell!.Slots[slot] = StateSlot<T>.Of(numbers, formats[slot], (uint)slot);
        }

        return changed;
    }

    /// <summary>The same state with other counters; it shares the slots.</summary>
    /// <param name="counters">The counters.</param>
    public OptimizerState<T> With(UpdateCounters counters)
    {
        StateShell<T> live = Shell ?? new OptimizerState<T>(0).shell!;
        return new StateShell<T>(live.Schema).Around(live).Counted(counters);
    }

    /// <summary>
    /// The same state for who replaces slots of it. Its schema is its own, since one that is a plan's tells a step that
    /// every slot fits.
    /// </summary>
    private OptimizerState<T> ToChange()
    {
        StateShell<T> live = Shell ?? new OptimizerState<T>(0).shell!;
        return new StateShell<T>(live.Schema.Over(live.Schema.SlotLayouts)).Around(live);
    }

    /// <summary>The same step with the slots that come first, and what they mean.</summary>
    internal OptimizerState<T> Leading(int slots, string identity)
    {
        OptimizerState<T> leading = this[..slots];
        return leading.Shell is { } live
            ? new StateShell<T>(live.Schema.Slice(0, slots, identity)).Around(live)
            : leading;
    }

    /// <summary>The same state at another step; it shares the slots.</summary>
    internal OptimizerState<T> At(long step)
    {
        OptimizerState<T> moved = With(Counters);
        moved.Shell!.Step = step;
        return moved;
    }

    /// <summary>The same state, some of whose leaves missed some updates; this one is consumed.</summary>
    /// <param name="layout">The layout of the parameters.</param>
    /// <param name="missed">How many updates each leaf of it missed.</param>
    /// <param name="by">Who consumed it.</param>
    internal OptimizerState<T> Missing(TreeLayout layout, ReadOnlySpan<long> missed, string by)
    {
        if (Shell is not { Slots.Length: > 0 } live) return this;
        OptimizerState<T> later = new StateShell<T>(
            live.Schema.From(Optim.SlotStarts.Later(live.Schema, layout, missed))).Around(live);
        Replace(by, releaseSlots: false);
        return later;
    }

    /// <summary>The same state with another tree for a slot.</summary>
    internal OptimizerState<T> With(int slot, ParameterTree<T> tree)
    {
        OptimizerState<T> changed = ToChange();
        changed.Shell!.Slots[slot] = tree;
        return changed;
    }

    /// <summary>The same state with another tree for a slot, rounded to the format of the slot.</summary>
    internal OptimizerState<T> Replaced(int slot, ParameterTree<T> tree)
    {
        OptimizerState<T> changed = ToChange();
        changed.Shell!.Slots[slot] = StateSlot<T>.Of(tree, FormatOf(slot), (uint)slot);
        return changed;
    }

    /// <summary>This very state with other counters, for who has just made it.</summary>
    internal OptimizerState<T> Counted(UpdateCounters counters)
    {
        Shell!.Counters = counters;
        return this;
    }

    /// <summary>A copy of the state in new memory, such as for a branch that will be donated.</summary>
    public OptimizerState<T> Copy()
    {
        if (Shell is not { } live) return this;
        StateShell<T> copy = live.Schema.Rent<T>();
        copy.Resume(live);
        for (int slot = 0; slot < live.Slots.Length; slot++) copy.Slots[slot] = live.Slots[slot].Copy();
        return copy.Handle();
    }

    /// <summary>The same state in the same memory under a new handle; this one and its trees are consumed.</summary>
    /// <param name="by">Who consumed it, for the message to whoever touches it later.</param>
    public OptimizerState<T> Transfer(string by)
    {
        if (Shell is not { } live) return this;
        StateShell<T> next = live.Schema.Rent<T>();
        next.Resume(live);
        for (int slot = 0; slot < live.Slots.Length; slot++) next.Slots[slot] = live.Slots[slot].Transfer(by);
        Replace(by, releaseSlots: false);
        return next.Handle();
    }

    /// <summary>Gives the memory of every slot back to its layout; this state and its trees are consumed.</summary>
    /// <param name="by">Who consumed it, for the message to whoever touches it later.</param>
    public void Release(string by = "Release") => Replace(by, releaseSlots: true);

    /// <summary>Ends this state, whose slots went on to the next one unless they are to be released.</summary>
    internal void Replace(string by, bool releaseSlots)
    {
        if (Shell is not { } live) return;
        live.Consume(generation, by);
        if (releaseSlots)
        {
            foreach (StateSlot<T> slot in live.Slots) slot.Release(by);
        }

        live.Schema.Return(live);
    }

    /// <summary>
    /// The same step with the slots of one transform: those that bear its names, one after the other.
    /// </summary>
    /// <param name="slotNames">The names. A state without names that has as many slots is taken as it is.</param>
    /// <exception cref="ArgumentException">No slots in a row have these names, or more than one run of slots
    /// has.</exception>
    public OptimizerState<T> Part(params ReadOnlySpan<string> slotNames) =>
        SlotNames.IsEmpty && slotNames.Length == SlotCount ? this : this[RangeOf(slotNames)];

    /// <inheritdoc/>
    public bool Equals(OptimizerState<T> other)
    {
        if (Step != other.Step || Counters != other.Counters || SlotCount != other.SlotCount) return false;
        for (int slot = 0; slot < SlotCount; slot++)
        {
            if (!Slot(slot).SameBits(other.Slot(slot))) return false;
        }

        return SameScalars(other) && Equals(Starts, other.Starts);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OptimizerState<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => SlotCount == 0 ? Step.GetHashCode() : HashCode.Combine(Step, Slot(0).Layout);

    /// <summary>The step, the slots and the scalars.</summary>
    public override string ToString()
    {
        if (shell is not null && shell.Generation != generation)
            return $"a state that was consumed by {shell.ConsumedBy}";
        StringBuilder text = new($"Step {Step}");
        for (int slot = 0; slot < SlotCount; slot++)
            text.Append(
                CultureInfo.InvariantCulture,
                $", {(SlotNames.IsEmpty ? $"slot {slot}" : SlotNames[slot])}: {Describe(slot)}");
        foreach (string name in ScalarNames) text.Append(CultureInfo.InvariantCulture, $", {name}: {Scalar(name)}");
        return text.ToString();
    }

    /// <summary>Whether a slot has this name, with or without that of its partition's rule before it.</summary>
    internal bool Has(string name)
    {
        foreach (string slot in SlotNames)
        {
            if (Bears([slot], [name])) return true;
        }

        return false;
    }

    /// <summary>A slot, consumed or not.</summary>
    internal StateSlot<T> Slot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotCount);
        return Shell!.Slots[slot];
    }

    private string Describe(int slot) =>
        FormatOf(slot) == StateFormat.Full ? $"{this[slot]}" : $"{Slot(slot).Layout} as {FormatOf(slot)}";

    private static string Describe(ImmutableArray<string> names, int count) =>
        count == 0 ? "no slots"
        : names.IsEmpty ? $"{count} slot{(count == 1 ? "" : "s")} without names"
        : $"the slots {string.Join(", ", names)}";

    /// <summary>
    /// Fails, naming both, unless the state is one of an optimizer; names and a meaning that are not known fit.
    /// </summary>
    internal void RequireOf(StateSchema expected, Optimizer optimizer)
    {
        ImmutableArray<string> names = SlotNames;
        if (Identity.Length > 0 && Identity != expected.Identity)
        {
            throw new ArgumentException(
                $"The state was made by an optimizer that keeps {Identity}; this is {optimizer}, which keeps "
                + $"{(expected.Identity.Length > 0 ? expected.Identity : "no slots")}. "
                + "Use a state that this optimizer made.");
        }

        if (SlotCount != expected.SlotCount
            || !(names.IsEmpty || names.AsSpan().SequenceEqual(expected.SlotNames.AsSpan())))
        {
            throw new ArgumentException(
                $"{optimizer} keeps {Describe(expected.SlotNames, expected.SlotCount)}; "
                + $"the state given has {Describe(names, SlotCount)}. "
                + "Use a state that this optimizer made.");
        }

        if (!ScalarNames.AsSpan().SequenceEqual(expected.ScalarNames.AsSpan()))
        {
            throw new ArgumentException(
                $"{optimizer} keeps the scalars {string.Join(", ", expected.ScalarNames)}; the state given has "
                + $"{(ScalarNames.IsEmpty ? "none" : string.Join(", ", ScalarNames))}. "
                + "Use a state that this optimizer made.");
        }

        if (Counters.Accumulated > 0 && !optimizer.Accumulates)
            throw new ArgumentException(
                $"The state holds {Counters.Accumulated} gathered gradients, and {optimizer} does not gather any.");
        for (int scalar = 0; scalar < ScalarNames.Length; scalar++)
        {
            if (double.IsFinite(shell!.Scalars[scalar])) continue;
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"The scalar '{ScalarNames[scalar]}' of the state is {shell.Scalars[scalar]}; "
                + $"allowed is a finite number."));
        }
    }

    /// <summary>Fails unless the state is one of an optimizer for parameters of a layout.</summary>
    internal void RequireFit(StateSchema expected, TreeLayout parameters, Optimizer optimizer)
    {
        if (shell is not null && ReferenceEquals(Shell!.Schema, expected)
            && (Counters.Accumulated == 0 || optimizer.Accumulates))
            return;
        RequireOf(expected, optimizer);
        for (int slot = 0; slot < expected.SlotCount; slot++)
        {
            TreeLayout layout = Slot(slot).Layout;
            if (FormatOf(slot) != expected.FormatOf(slot))
            {
                throw new ArgumentException(
                    $"The slot {expected.SlotNames[slot]} of the state is kept as {FormatOf(slot)}; "
                    + $"{optimizer} keeps it as "
                    + $"{expected.FormatOf(slot)}. Use the format of the optimizer that made it; "
                    + "in C#, InFormats converts a state.",
                    nameof(parameters));
            }

            if (expected.SlotLayouts[slot] is not { } own) parameters.RequireSame(layout, "state");
            else if (!own.Equals(layout))
                throw new ArgumentException(
                    $"The slot {expected.SlotNames[slot]} of the state has other leaves than {optimizer} keeps there "
                    + "for these parameters: "
                    + "a leaf was frozen, unfrozen, added or changed. In C#, Continue carries the state over.",
                    nameof(parameters));
        }
    }

    private bool SameScalars(OptimizerState<T> other)
    {
        if (ScalarNames.Length != other.ScalarNames.Length) return false;
        for (int scalar = 0; scalar < ScalarNames.Length; scalar++)
        {
            if (BitConverter.DoubleToInt64Bits(shell!.Scalars[scalar])
                != BitConverter.DoubleToInt64Bits(other.shell!.Scalars[scalar]))
                return false;
        }

        return true;
    }

    /// <summary>The first of the slots that bear names, one after the other.</summary>
    /// <exception cref="ArgumentException">No slots in a row have these names, or more than one run of slots
    /// has.</exception>
    internal int IndexOf(ReadOnlySpan<string> slotNames) =>
        SlotNames.IsEmpty && slotNames.Length == SlotCount ? 0 : RangeOf(slotNames).Start.Value;

    private Range RangeOf(ReadOnlySpan<string> wanted)
    {
        ImmutableArray<string> names = SlotNames;
        int found = 0;
        Range range = default;
        for (int first = 0; first <= names.Length - wanted.Length; first++)
        {
            if (!Bears(names.AsSpan().Slice(first, wanted.Length), wanted)) continue;
            found++;
            range = first..(first + wanted.Length);
        }

        if (found == 1) return range;
        string which = $"The state has {Describe(names, SlotCount)}; ";
        throw new ArgumentException(found == 0
            ? $"{which}none are named {string.Join(", ", wanted!)}."
            : $"{which}{found} parts of it are named {string.Join(", ", wanted!)}: take one by its range, "
                + $"such as state[{range}].");
    }

    /// <summary>Whether slots bear names, with or without those of the rules of partitions before them.</summary>
    private static bool Bears(ReadOnlySpan<string> names, ReadOnlySpan<string> wanted)
    {
        for (int index = 0; index < wanted.Length; index++)
        {
            string name = names[index], want = wanted[index];
            if (name != want && !(name.Length > want.Length
                && name[^(want.Length + 1)] == '/' && name.EndsWith(want, StringComparison.Ordinal)))
                return false;
        }

        return true;
    }
}
