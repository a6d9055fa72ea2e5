namespace Functional.Optim.Kernels;

/// <summary>The slots that a pass writes; as many as its rule has.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="first">Slot 0.</param>
/// <param name="second">Slot 1.</param>
/// <param name="third">Slot 2.</param>
/// <param name="fourth">Slot 3.</param>
public readonly ref struct SlotSpans<T>(
    Span<T> first = default, Span<T> second = default, Span<T> third = default, Span<T> fourth = default)
{
    /// <summary>Slot 0.</summary>
    public Span<T> First { get; } = first;

    /// <summary>Slot 1.</summary>
    public Span<T> Second { get; } = second;

    /// <summary>Slot 2.</summary>
    public Span<T> Third { get; } = third;

    /// <summary>Slot 3.</summary>
    public Span<T> Fourth { get; } = fourth;

    /// <summary>The slot with a number.</summary>
    /// <param name="slot">The number, 0 to 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not 0 to 3.</exception>
    public Span<T> this[int slot] => slot switch
    {
        0 => First,
        1 => Second,
        2 => Third,
        3 => Fourth,
        _ => throw new ArgumentOutOfRangeException(nameof(slot), slot, "Slots are numbered from 0 to 3."),
    };
}
