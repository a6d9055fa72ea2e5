using System.Text.Json.Serialization;

namespace Functional.Optim.Training;

/// <summary>What a tree file says about itself: the type of an element, the leaves in order, and the counters of a train state.</summary>
internal sealed record TreeFileHeader(string Element, TreeFileHeader.LeafShape[] Leaves, TreeFileHeader.Counters? State)
{
    /// <summary>The parameters, and the slots of a train state.</summary>
    internal int TreeCount => 1 + (State?.Slots ?? 0);

    /// <remarks>A struct, so that a null among the leaves is a fault of the header.</remarks>
    [method: JsonConstructor]
    internal readonly record struct LeafShape(string Name, int[] Shape);

    internal sealed record Counters(long Updates, long SkippedSteps, int Slots, UpdateCounters Others = default);
}
