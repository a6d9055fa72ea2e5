using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Two rules as one: the second works on the update of the first. Its slots are those of the first followed by those of the
/// second. The compiler specialises and inlines the chain, so that it runs as one loop.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TFirst">The first rule.</typeparam>
/// <typeparam name="TSecond">The second rule.</typeparam>
/// <param name="first">The first rule.</param>
/// <param name="second">The second rule.</param>
public readonly struct Then<T, TFirst, TSecond>(TFirst first, TSecond second) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFirst : unmanaged, IUpdateRule<T>
    where TSecond : unmanaged, IUpdateRule<T>
{
    private readonly TFirst first = first;
    private readonly TSecond second = second;

    /// <inheritdoc/>
    public static int SlotCount => TFirst.SlotCount + TSecond.SlotCount;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Updated<TLane> Apply<TLane>(TLane parameter, TLane update, Slots<TLane> slots)
        where TLane : struct, ILane<TLane, T>
    {
        Updated<TLane> one = first.Apply(parameter, update, slots);
        Slots<TLane> rest =
            TFirst.SlotCount == 0 ? slots
            : TFirst.SlotCount == 1 ? new(slots.Second, slots.Third, slots.Fourth, slots.Fourth)
            : TFirst.SlotCount == 2 ? new(slots.Third, slots.Fourth, slots.Fourth, slots.Fourth)
            : new(slots.Fourth, slots.Fourth, slots.Fourth, slots.Fourth);
        Updated<TLane> two = second.Apply(parameter, one.Update, rest);
        Slots<TLane> both =
            TSecond.SlotCount == 0 ? one.Slots
            : TFirst.SlotCount == 0 ? two.Slots
            : TFirst.SlotCount == 1 ? new(one.Slots.First, two.Slots.First, two.Slots.Second, two.Slots.Third)
            : TFirst.SlotCount == 2 ? new(one.Slots.First, one.Slots.Second, two.Slots.First, two.Slots.Second)
            : new(one.Slots.First, one.Slots.Second, one.Slots.Third, two.Slots.First);
        return new(two.Update, both);
    }
}
