using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// A rule and the plain rules around it, as data: one type for every optimizer that is built on the rule, for a runtime
/// that cannot create a type for each chain. The operations and the bits are those of the chain.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TRule">The rule.</typeparam>
/// <param name="rule">The rule.</param>
/// <param name="frame">The plain rules.</param>
internal readonly struct FramedRule<T, TRule>(TRule rule, Frame<T> frame) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    private readonly TRule rule = rule;
    private readonly Frame<T> frame = frame;

    public static int SlotCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRule.SlotCount;
    }

    /// <summary>The rule with one more plain rule after it; false where no place is left for it.</summary>
    internal bool TryAppend(PlainRule<T> plain, out FramedRule<T, TRule> longer)
    {
        Frame<T> own = frame;
        bool fits = own.TryAppend(plain);
        longer = new(rule, own);
        return fits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => frame.After(parameter, rule.Apply(parameter, frame.Before(parameter, update), ref slots, first));
}
