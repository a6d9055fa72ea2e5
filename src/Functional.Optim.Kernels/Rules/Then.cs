using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Two rules as one: the second works on the update of the first. Its slots are those of the first followed by those of
/// the second. The compiler specialises and inlines the chain, so that it runs as one loop.
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
    public static int SlotCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TFirst.SlotCount + TSecond.SlotCount;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => second.Apply(
            parameter, this.first.Apply(parameter, update, ref slots, first), ref slots, first + TFirst.SlotCount);
}
