using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// At every 64th update the numbers of a state that are nearer to 0 than 1,024 times the smallest normal number become
/// 0: 1.2·10⁻³⁵ in float, 2.3·10⁻³⁰⁵ in double.
/// </summary>
/// <remarks>
/// A moment that gets no more gradient shrinks until it is subnormal and stays there, as rounding ends its decay, and
/// processors compute with subnormal numbers up to forty times slower. With a decay rate of 0.9 it takes 66 updates
/// from the limit to the first subnormal number, so that none is met. Done at every update it would cost a quarter of
/// the time of a step that stays in the cache.
/// </remarks>
internal static unsafe class Underflow
{
    private const long Interval = 64;

    /// <summary>Whether an update is one of those; 0 is none.</summary>
    internal static bool IsCleared(long step) => step > 0 && step % Interval == 0;

    /// <summary>Clears what is too small in a slot.</summary>
    internal static void Clear<T>(Span<T> slot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Elementwise.Run(default(Rule<T>), slot, slot, slot);

    /// <summary>Clears what is too small in the first slots of a pass, for the indices [start, end).</summary>
    internal static void Clear<T>(in PassMemory<T> memory, int slotCount, long start, long end, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int slot = 0; slot < slotCount; slot++)
        {
            T* numbers = memory.SlotOut(slot);
            PassMemory<T> own = new() { Parameters = numbers, Updates = numbers, Output = numbers };
            Elementwise.RunRange(default(Rule<T>), own, start, end, width);
        }
    }

    private readonly struct Rule<T> : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int SlotCount => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
            where TLane : struct, ILane<TLane, T>
        {
            T limit = ElementType.SmallestNormal<T>() * T.CreateTruncating(1024);
            return TLane.SelectGreater(TLane.Broadcast(limit), TLane.Abs(update), default, update);
        }
    }
}
