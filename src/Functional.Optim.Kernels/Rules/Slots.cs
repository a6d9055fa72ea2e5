using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The state of a chain of rules at one place: up to four values, read before the rules and written after them.
/// </summary>
/// <typeparam name="TLane">The lane.</typeparam>
public struct Slots<TLane>
    where TLane : struct
{
    /// <summary>How many slots a rule, or a chain of rules in one pass, can have.</summary>
    public const int Capacity = 4;

    private TLane first;
    private TLane second;
    private TLane third;
    private TLane fourth;

    /// <summary>The slot of a number, 0 to 3; constant where it is inlined, so that the choice costs nothing.</summary>
    public TLane this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => slot == 0 ? first : slot == 1 ? second : slot == 2 ? third : fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            if (slot == 0) first = value;
            else if (slot == 1) second = value;
            else if (slot == 2) third = value;
            else fourth = value;
        }
    }
}
