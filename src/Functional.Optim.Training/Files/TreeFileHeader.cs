using System.Text.Json.Serialization;

namespace Functional.Optim.Training;

/// <summary>What a tree file says about itself: the type of an element, the leaves in order, and the counters of a train state.</summary>
internal sealed record TreeFileHeader(string Element, TreeFileHeader.Shape[] Leaves, TreeFileHeader.Counters? State)
{
    /// <summary>The parameters, and the slots of a train state.</summary>
    [JsonIgnore]
    internal int TreeCount => 1 + (State?.Slots ?? 0);

    [method: JsonConstructor]
    internal readonly record struct Shape(string Name, int[] Sizes);

    internal sealed record Counters(long Updates, long SkippedSteps, int Slots);
}
