using System.Text.Json.Serialization;

namespace Functional.Optim.Training;

/// <summary>What a tree file says about itself: the type of an element, the leaves in order, and the counters of a train state.</summary>
internal sealed record TreeFileHeader(string Element, TreeFileHeader.LeafShape[] Leaves, TreeFileHeader.Counters? State)
{
    /// <summary>The parameters, and the slots of a train state.</summary>
    internal int TreeCount => 1 + (State?.Slots ?? 0);

    /// <remarks>A struct, so that a null among the leaves is an error of the header.</remarks>
    [method: JsonConstructor]
    internal readonly record struct LeafShape(string Name, int[] Shape);

    /// <param name="Updates">The finished updates.</param>
    /// <param name="SkippedSteps">The steps whose gradient was left out.</param>
    /// <param name="Slots">The number of slots.</param>
    /// <param name="Others">What else is counted.</param>
    /// <param name="SlotNames">The name of each slot; none for a state without names.</param>
    /// <param name="Identity">What the slots mean; empty for a state made by hand, and in files from before it was stored.</param>
    /// <param name="SlotLeaves">The leaves of each slot; null for one with those of the parameters, and null for all.</param>
    /// <param name="ScalarNames">The names of the scalars.</param>
    /// <param name="ScalarBits">Their values as bits, since JSON has no infinity.</param>
    /// <param name="SlotFormats">How each slot is kept; null where all are as the parameters. The numbers stand in the file decoded.</param>
    /// <param name="SlotStarts">The updates finished when each leaf of each slot started; null when all started at 0.</param>
    internal sealed record Counters(
        long Updates, long SkippedSteps, int Slots, UpdateCounters Others = default, string[]? SlotNames = null, string Identity = "",
        LeafShape[]?[]? SlotLeaves = null, string[]? ScalarNames = null, long[]? ScalarBits = null, long[][]? SlotStarts = null,
        StateFormat[]? SlotFormats = null)
    {
        internal bool AreInRange(int capacity) =>
            Updates >= 0 && SkippedSteps >= 0 && Slots >= 0 && Slots <= capacity
            && Others is { SkippedUpdates: >= 0, Accumulated: >= 0, ConsecutiveSkips: >= 0 };

        /// <summary>What is told of each slot, scalar and leaf is told of all of them.</summary>
        internal bool IsComplete =>
            (SlotLeaves is null || SlotLeaves.Length == Slots)
            && (SlotFormats is null || (SlotFormats.Length == Slots && Array.TrueForAll(SlotFormats, Enum.IsDefined)))
            && (ScalarNames?.Length ?? 0) == (ScalarBits?.Length ?? 0) && Array.TrueForAll(ScalarNames ?? [], name => name is not null)
            && (SlotStarts is null || (SlotStarts.Length == Slots && Array.TrueForAll(SlotStarts, starts => starts is not null)));

        /// <summary>Whether starts are of every leaf of a slot, or of none.</summary>
        internal bool AreStarts(long[] starts, int leaves) =>
            (starts.Length == 0 || starts.Length == leaves) && Array.TrueForAll(starts, start => start >= 0 && start <= Updates);

        /// <summary>Each slot has a name, or none has.</summary>
        internal bool NameEachSlot =>
            SlotNames is null or [] || (SlotNames.Length == Slots && Array.TrueForAll(SlotNames, name => name is not null));
    }
}
