using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The rules of a pass for a runtime that cannot create the type of their chain. Plain rules, such as a decay or a
/// learning rate, become the frame of the rule that they follow or precede, so that most optimizers are one loop here
/// too. Where several rules are left, they run one after another over blocks that stay in the first-level cache. The
/// operations and the bits are those of the chain.
/// </summary>
internal sealed unsafe class RulesInTurn<T>(FusedPass pass) : BoundPass<T>(pass)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements per block: what the rules read and write of a block stays in the first-level cache.</summary>
    private const int BlockLength = CodedPiece.MaxLength;

    private readonly List<RuleRow<T>> rows = [];

    /// <summary>The plain rules that are not in a row yet.</summary>
    private Frame<T> before;
    private int segment;
    private int count;

    /// <summary>The kinds of the plain rules in their order, as a number; the same for all segments.</summary>
    private long kinds;
    private long kindsOfAll;
    private int countOfAll;

    /// <summary>The number of slots of the rules of the current segment.</summary>
    internal int SlotCount { get; private set; }

    /// <summary>Starts the rules of a segment; the first one decides the types of all.</summary>
    internal void Start(int segment) =>
        (this.segment, count, SlotCount, kinds, before) = (segment, 0, 0, 0, default);

    /// <summary>Adds a rule; false when the first segment has a rule of another type there.</summary>
    internal bool TryAdd<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (!PlainRule<T>.TryOf(rule, out PlainRule<T> plain)) return TryAddRow(rule);
        kinds = (kinds * 31) + (int)plain.Kind;
        if (plain.Kind == PlainKind.Identity) return true;
        if (before.IsEmpty && count > 0 && rows[count - 1].TryAppend(segment, plain)) return true;
        return before.TryPrepend(plain)
            || (TryAddRow(default(IdentityRule<T>)) && rows[count - 1].TryAppend(segment, plain));
    }

    /// <summary>Ends the rules of a segment; false when the first segment has other rules.</summary>
    internal bool TryEnd()
    {
        if ((count == 0 || !before.IsEmpty) && !TryAddRow(default(IdentityRule<T>))) return false;
        if (segment == 0) (countOfAll, kindsOfAll) = (count, kinds);
        return (count, kinds) == (countOfAll, kindsOfAll);
    }

    internal override void Run(int rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        if (countOfAll == 1) rows[0].Loop.Run(rule, memory, start, end, width);
        else RunInTurn(rule, memory, start, end, width);
    }

    private bool TryAddRow<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (count == rows.Count) rows.Add(RuleRow<T>.Of<TRule>(Pass.Class.Segments.Length));
        else if (segment == 0 && !rows[count].IsOf<TRule>())
            rows[count] = RuleRow<T>.Of<TRule>(Pass.Class.Segments.Length);
        if (!rows[count].IsOf<TRule>()) return false;
        rows[count].Set(segment, rule, before);
        before = default;
        SlotCount += TRule.SlotCount;
        count++;
        return true;
    }

    private void RunInTurn(int rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        const int slotCapacity = Slots<ScalarLane<float>>.Capacity;
        T* block = stackalloc T[BlockLength], slots = stackalloc T[SlotFormats.BufferLength];
        for (long at = start; at < end; at += BlockLength)
        {
            long stop = Math.Min(at + BlockLength, end);
            PassMemory<T> decoded = SlotFormats.Decode(memory, slotCapacity, at, stop, slots);
            int slot = 0;
            for (int row = 0; row < countOfAll; row++)
            {
                PassMemory<T> own = decoded;
                if (row > 0) own.Updates = block - at;
                if (row < countOfAll - 1) own.Output = block - at;
                own.NonTemporal = false;
                for (int first = slot; slot < first + rows[row].Loop.SlotCount; slot++)
                {
                    own.SlotsIn[slot - first] = decoded.SlotsIn[slot];
                    own.SlotsOut[slot - first] = decoded.SlotsOut[slot];
                }

                rows[row].Loop.Run(rule, own, at, stop, width);
            }

            SlotFormats.Encode(memory, slotCapacity, at, stop, slots);
        }
    }
}
