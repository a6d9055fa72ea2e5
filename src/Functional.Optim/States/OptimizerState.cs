using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Optim;

/// <summary>
/// The state of any optimizer: the number of finished updates and one tree per slot, in the order of the parts that own them.
/// </summary>
/// <remarks>
/// The slots carry the names their parts give them, so a part of a composition is seen by the type of its state:
/// <c>AdamState&lt;float&gt;.From(state)</c>, or by name: <c>state["m"]</c>. Where two parts have the same names, a range of slots
/// comes first: <c>AdamState&lt;float&gt;.From(state[2..4])</c>. A state knows what its slots mean (<see cref="Identity"/>), and an
/// optimizer refuses one of another meaning.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct OptimizerState<T> : IOptimizerState<T, OptimizerState<T>>, IEquatable<OptimizerState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The most slots a composition can have.</summary>
    public const int Capacity = 8;

    private readonly Trees slots;
    private readonly ImmutableArray<string> names;
    private readonly string? identity;

    /// <summary>A state made by hand, without names: any optimizer with as many slots takes it.</summary>
    /// <param name="step">How many updates are finished; not negative.</param>
    /// <param name="slots">The tree of each slot, at most <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or there are too many slots.</exception>
    public OptimizerState(long step, params ReadOnlySpan<ParameterTree<T>> slots)
        : this(step, [], slots)
    {
    }

    /// <summary>A state made by hand: any optimizer with slots of these names takes it.</summary>
    /// <param name="step">How many updates are finished; not negative.</param>
    /// <param name="slotNames">The name of each slot, or none.</param>
    /// <param name="slots">The tree of each slot, at most <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or there are too many slots.</exception>
    /// <exception cref="ArgumentException">There are names, but not one for each slot.</exception>
    public OptimizerState(long step, ImmutableArray<string> slotNames, ReadOnlySpan<ParameterTree<T>> slots)
        : this(step, slotNames, "", slots)
    {
    }

    /// <summary>A state as read from a checkpoint.</summary>
    /// <param name="step">How many updates are finished; not negative.</param>
    /// <param name="slotNames">The name of each slot, or none.</param>
    /// <param name="identity">What the slots mean: <see cref="Identity"/>; empty where that is not known.</param>
    /// <param name="slots">The tree of each slot, at most <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or there are too many slots.</exception>
    /// <exception cref="ArgumentException">There are names, but not one for each slot.</exception>
    public OptimizerState(
        long step, ImmutableArray<string> slotNames, string identity, ReadOnlySpan<ParameterTree<T>> slots)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, Capacity);
        if (!slotNames.IsDefaultOrEmpty && slotNames.Length != slots.Length)
        {
            throw new ArgumentException(
                $"There are {slots.Length} slots, but names for {slotNames.Length}: {string.Join(", ", slotNames)}.", nameof(slotNames));
        }

        Step = step;
        names = slotNames;
        this.identity = identity;
        SlotCount = slots.Length;
        for (int slot = 0; slot < slots.Length; slot++) this.slots[slot] = slots[slot];
    }

    /// <inheritdoc/>
    public long Step { get; }

    /// <summary>What is counted besides the updates.</summary>
    public UpdateCounters Counters { get; private init; }

    /// <summary>How many slots there are.</summary>
    public int SlotCount { get; }

    /// <summary>The name that each slot has in its part, such as m and v; empty when the state was made without names.</summary>
    public ImmutableArray<string> SlotNames => names.IsDefault ? [] : names;

    /// <summary>
    /// What the slots mean: the parts that keep them in order, with the names of their slots, such as <c>adam(m, v)</c> or
    /// <c>trace(momentum), lookahead(slow)</c>. Settings are not in it, nor are parts without slots. Empty for a state made by hand,
    /// for some slots of another state, and where there are no slots.
    /// </summary>
    public string Identity => identity ?? "";

    /// <summary>The tree of a slot.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    public ParameterTree<T> this[int slot]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(slot);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotCount);
            return slots[slot];
        }
    }

    /// <summary>The tree of the slot of a name.</summary>
    /// <param name="name">The name, which one slot only has.</param>
    /// <exception cref="ArgumentException">No slot has this name, or more than one.</exception>
    public ParameterTree<T> this[string name] => this[RangeOf([name])][0];

    /// <summary>The same step with some of the slots.</summary>
    /// <param name="range">The slots, such as <c>2..4</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer slots.</exception>
    public OptimizerState<T> this[Range range]
    {
        get
        {
            (int start, int length) = range.GetOffsetAndLength(SlotCount);
            if (length == SlotCount) return this;
            ReadOnlySpan<ParameterTree<T>> all = slots;
            return new(Step, names.IsDefaultOrEmpty ? [] : names.Slice(start, length), all.Slice(start, length)) { Counters = Counters };
        }
    }

    /// <summary>Whether two states have the same step and the same bits in every slot, whatever their names and what they mean.</summary>
    public static bool operator ==(OptimizerState<T> left, OptimizerState<T> right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    public static bool operator !=(OptimizerState<T> left, OptimizerState<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public static OptimizerState<T> From(OptimizerState<T> state) => state;

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => this;

    /// <summary>The same state with other counters.</summary>
    /// <param name="counters">The counters.</param>
    public OptimizerState<T> With(UpdateCounters counters) => this with { Counters = counters };

    /// <summary>The same step with the slots of one part: those that bear the part's names, one after the other.</summary>
    /// <param name="slotNames">
    /// The names. A state without names that has as many slots is taken as it is.
    /// </param>
    /// <exception cref="ArgumentException">No slots in a row have these names, or more than one run of slots has.</exception>
    public OptimizerState<T> Part(params ReadOnlySpan<string> slotNames) =>
        names.IsDefaultOrEmpty && slotNames.Length == SlotCount ? this : this[RangeOf(slotNames)];

    /// <inheritdoc/>
    public bool Equals(OptimizerState<T> other)
    {
        if (Step != other.Step || Counters != other.Counters || SlotCount != other.SlotCount) return false;
        for (int slot = 0; slot < SlotCount; slot++)
        {
            if (slots[slot] != other.slots[slot]) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OptimizerState<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => SlotCount == 0 ? Step.GetHashCode() : HashCode.Combine(Step, slots[0]);

    /// <summary>The step and the slots.</summary>
    public override string ToString()
    {
        StringBuilder text = new($"Step {Step}");
        for (int slot = 0; slot < SlotCount; slot++)
            text.Append(CultureInfo.InvariantCulture, $", {(names.IsDefaultOrEmpty ? $"slot {slot}" : names[slot])}: {slots[slot]}");
        return text.ToString();
    }

    /// <summary>The same state with a slot more, the names of all of them and what they mean.</summary>
    internal OptimizerState<T> Append(ImmutableArray<string> allNames, string meaning, ParameterTree<T> slot)
    {
        Trees more = slots;
        more[SlotCount] = slot;
        return new(Step, allNames, meaning, ((ReadOnlySpan<ParameterTree<T>>)more)[..(SlotCount + 1)]) { Counters = Counters };
    }

    /// <summary>The same state without its last slot, and without names.</summary>
    internal OptimizerState<T> WithoutLast() => new(Step, [], ((ReadOnlySpan<ParameterTree<T>>)slots)[..(SlotCount - 1)]) { Counters = Counters };

    /// <summary>
    /// Fails, naming the optimizer, what it keeps and what is here, unless they are the same; names and a meaning that are not known fit.
    /// </summary>
    internal void RequireSlots(ImmutableArray<string> expected, string meaning, Optimizer optimizer)
    {
        if (Identity.Length > 0 && Identity != meaning)
        {
            throw new ArgumentException(
                $"The state was made by an optimizer that keeps {Identity}; this is {optimizer}, which keeps "
                + $"{(meaning.Length > 0 ? meaning : "no slots")}. Use the state that its Init returned.");
        }

        if (SlotCount == expected.Length && (names.IsDefaultOrEmpty || names.AsSpan().SequenceEqual(expected.AsSpan()))) return;
        throw new ArgumentException(
            $"{optimizer} keeps {Describe(expected, expected.Length)}; the state given has {Describe(SlotNames, SlotCount)}. "
            + "Use the state that its Init returned.");
    }

    private static string Describe(ImmutableArray<string> names, int count) =>
        count == 0 ? "no slots"
        : names.IsEmpty ? $"{count} slot{(count == 1 ? "" : "s")} without names"
        : $"the slots {string.Join(", ", names)}";

    private Range RangeOf(ReadOnlySpan<string> wanted)
    {
        int found = 0;
        Range range = default;
        for (int first = 0; first <= SlotNames.Length - wanted.Length; first++)
        {
            if (!SlotNames.AsSpan().Slice(first, wanted.Length).SequenceEqual(wanted)) continue;
            found++;
            range = first..(first + wanted.Length);
        }

        if (found == 1) return range;
        string which = $"The state has {Describe(SlotNames, SlotCount)}; ";
        throw new ArgumentException(found == 0
            ? $"{which}none are named {string.Join(", ", wanted!)}."
            : $"{which}{found} parts of it are named {string.Join(", ", wanted!)}: take one by its range, such as state[{range}].");
    }

    [InlineArray(Capacity)]
    private struct Trees
    {
        private ParameterTree<T> first;
    }
}
