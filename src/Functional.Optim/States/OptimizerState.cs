using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Optim;

/// <summary>
/// The state of any optimizer: the number of finished updates and one tree per slot, in the order of the parts that own them.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct OptimizerState<T> : IOptimizerState<T, OptimizerState<T>>, IEquatable<OptimizerState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The most slots a composition can have.</summary>
    public const int Capacity = 8;

    private readonly Trees slots;

    /// <summary>A state from its parts, as read from a checkpoint.</summary>
    /// <param name="step">How many updates are finished; not negative.</param>
    /// <param name="slots">The tree of each slot, at most <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or there are too many slots.</exception>
    public OptimizerState(long step, params ReadOnlySpan<ParameterTree<T>> slots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, Capacity);
        Step = step;
        SlotCount = slots.Length;
        for (int slot = 0; slot < slots.Length; slot++) this.slots[slot] = slots[slot];
    }

    /// <inheritdoc/>
    public long Step { get; }

    /// <summary>How many slots there are.</summary>
    public int SlotCount { get; }

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

    /// <summary>Whether two states have the same step and the same bits in every slot.</summary>
    public static bool operator ==(OptimizerState<T> left, OptimizerState<T> right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    public static bool operator !=(OptimizerState<T> left, OptimizerState<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public static OptimizerState<T> From(OptimizerState<T> state) => state;

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => this;

    /// <inheritdoc/>
    public bool Equals(OptimizerState<T> other)
    {
        if (Step != other.Step || SlotCount != other.SlotCount) return false;
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
        for (int slot = 0; slot < SlotCount; slot++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $", slot {slot}: {slots[slot]}");
        return text.ToString();
    }

    [InlineArray(Capacity)]
    private struct Trees
    {
        private ParameterTree<T> first;
    }
}
