using System.Text.Json.Serialization;

namespace Functional.Optim.Training;

/// <summary>
/// The header of a tree file: the element type, the leaves in order, and the counters of a train state.
/// </summary>
internal sealed record TreeFileHeader(string Element, TreeFileHeader.LeafShape[] Leaves, TreeFileHeader.Counters? State)
{
    /// <summary>The number of trees: the parameters, and the slots of a train state.</summary>
    internal int TreeCount => 1 + (State?.Slots ?? 0);

    /// <remarks>A struct, so that a null among the leaves is an error of the header.</remarks>
    [method: JsonConstructor]
    internal readonly record struct LeafShape(string Name, int[] Shape);

    /// <param name="Updates">The number of finished updates.</param>
    /// <param name="SkippedSteps">The number of steps whose gradient was skipped.</param>
    /// <param name="Slots">The number of slots.</param>
    /// <param name="Others">The other counters.</param>
    /// <param name="SlotNames">The name of each slot; none for a state without names.</param>
    /// <param name="Identity">The kinds of the slots; empty for a state made by hand, and in old files.</param>
    /// <param name="SlotLeaves">
    /// The leaves of each slot; null for a slot with the leaves of the parameters, and null when all have them.
    /// </param>
    /// <param name="ScalarNames">The names of the scalars.</param>
    /// <param name="ScalarBits">The bits of their values, because JSON has no infinity.</param>
    /// <param name="SlotFormats">
    /// The format of each slot; null when all are full. The file has the decoded numbers.
    /// </param>
    /// <param name="SlotStarts">
    /// The number of finished updates when each leaf of each slot started; null when all started at 0.
    /// </param>
    internal sealed record Counters(
        long Updates,
        long SkippedSteps,
        int Slots,
        UpdateCounters Others = default,
        string[]? SlotNames = null,
        string Identity = "",
        LeafShape[]?[]? SlotLeaves = null,
        string[]? ScalarNames = null,
        long[]? ScalarBits = null,
        long[][]? SlotStarts = null,
        StateFormat[]? SlotFormats = null)
    {
        internal bool AreInRange(int capacity) =>
            Updates >= 0 && SkippedSteps >= 0 && Slots >= 0 && Slots <= capacity
            && Others is { SkippedUpdates: >= 0, Accumulated: >= 0, ConsecutiveSkips: >= 0 };

        /// <summary>Whether the header describes every slot, scalar and leaf.</summary>
        internal bool IsComplete =>
            (SlotLeaves is null || SlotLeaves.Length == Slots)
            && (SlotFormats is null || (SlotFormats.Length == Slots && Array.TrueForAll(SlotFormats, Enum.IsDefined)))
            && (ScalarNames?.Length ?? 0) == (ScalarBits?.Length ?? 0)
            && Array.TrueForAll(ScalarNames ?? [], name => name is not null)
            && (SlotStarts is null
                || (SlotStarts.Length == Slots && Array.TrueForAll(SlotStarts, starts => starts is not null)));

        /// <summary>Whether there are starts for every leaf of a slot, or for none, and all are in range.</summary>
        internal bool AreStarts(long[] starts, int leaves) =>
            (starts.Length == 0 || starts.Length == leaves)
            && Array.TrueForAll(starts, start => start >= 0 && start <= Updates);

        /// <summary>Whether every slot has a name, or none has.</summary>
        internal bool NameEachSlot => SlotNames is null or []
            || (SlotNames.Length == Slots && Array.TrueForAll(SlotNames, name => name is not null));
    }
}
