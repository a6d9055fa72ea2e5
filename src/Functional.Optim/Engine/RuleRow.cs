using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One rule of a pass and the plain rules around it, with their constants for every segment. The type of the rule is not
/// part of its own type: in a natively compiled program there would be dozens of types for each rule.
/// </summary>
internal sealed unsafe class RuleRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Type rule;

    /// <summary>The framed rules; pinned, so that their address stays.</summary>
    private readonly byte[] memory;
    private readonly int size;

    private RuleRow(Type rule, byte[] memory, int size, RuleLoop<T> loop) =>
        (this.rule, this.memory, this.size, Loop) = (rule, memory, size, loop);

    internal RuleLoop<T> Loop { get; }

    internal static RuleRow<T> Of<TRule>(int segments)
        where TRule : unmanaged, IUpdateRule<T>
    {
        int size = Unsafe.SizeOf<FramedRule<T, TRule>>();
        byte[] memory = GC.AllocateArray<byte>(segments * size, pinned: true);
        return new(
            typeof(TRule), memory, size,
            RuleLoop<T>.Of((FramedRule<T, TRule>*)Unsafe.AsPointer(ref memory[0])));
    }

    /// <summary>Whether it is a row of a rule.</summary>
    internal bool IsOf<TRule>() => rule == typeof(TRule);

    internal void Set<TRule>(int segment, in TRule own, in Frame<T> frame)
        where TRule : unmanaged, IUpdateRule<T> =>
        Unsafe.As<byte, FramedRule<T, TRule>>(ref memory[segment * size]) = new(own, frame);

    /// <summary>Adds a plain rule after those of a segment; false where the frame has no place left for it.</summary>
    internal bool TryAppend(int segment, PlainRule<T> plain) =>
        FramedRule.FrameAt<T>(ref memory[segment * size]).TryAppend(plain);
}
