using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// A rule and the plain rules around it, as data: one type for every optimizer that is built on the rule, for a runtime
/// that cannot create a type for each chain. The operations and the bits are those of the chain.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TRule">The rule.</typeparam>
/// <param name="rule">The rule.</param>
/// <param name="frame">The plain rules.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FramedRule<T, TRule>(in TRule rule, in Frame<T> frame) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    /// <summary>The first field, so that <see cref="FramedRule.FrameAt"/> finds it whatever the rule is.</summary>
    private readonly Frame<T> frame = frame;
    private readonly TRule rule = rule;

    public static int SlotCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRule.SlotCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => frame.After(parameter, rule.Apply(parameter, frame.Before(parameter, update), ref slots, first));
}

/// <summary>What framed rules of any type have in common.</summary>
internal static class FramedRule
{
    /// <summary>The frame of a framed rule that lies at a place in memory.</summary>
    internal static ref Frame<T> FrameAt<T>(ref byte place)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ref Unsafe.As<byte, Frame<T>>(ref place);
}
