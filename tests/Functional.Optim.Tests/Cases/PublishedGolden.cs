using System.Collections.Immutable;
using System.Text.Json;

namespace Functional.Optim.Tests.Cases;

/// <summary>
/// The trajectories of a published implementation in <c>Golden/modern_ALGORITHM.f32.json</c> and <c>.f64.json</c>.
/// </summary>
/// <param name="Algorithm">The part of the names of the files that tells the algorithm.</param>
/// <param name="Build">The optimizer, from a case of the file; its keyword arguments are in <c>kwargs</c>.</param>
internal sealed record PublishedGolden(string Algorithm, Func<JsonElement, Optimizer> Build)
{
    /// <summary>
    /// The source's names of the trees of its state, and the slots that hold them; none where they are not compared.
    /// </summary>
    public ImmutableArray<(string Source, string Slot)> Slots { get; init; } = [];

    /// <summary>The source's names of the numbers of its state for all leaves, and the scalars that hold them.</summary>
    public ImmutableArray<(string Source, string Scalar)> Scalars { get; init; } = [];

    /// <summary>The slots of which only the magnitudes are determined.</summary>
    public ImmutableArray<string> SlotsUpToSign { get; init; } = [];

    /// <summary>
    /// Numbers of each leaf that the case gives for the state after the first step, and the slot that gets them, where
    /// the first step does not determine them.
    /// </summary>
    public (string Source, string Slot)? AfterFirstStep { get; init; }

    /// <summary>
    /// Slots that the source does not store, or in another form, and its names of trees that may have no slot here.
    /// </summary>
    public ImmutableArray<string> KeptByOne { get; init; } = [];

    /// <summary>
    /// How far a number of the state may be off at the end: that many times the distance of 1 to the next number,
    /// relative to the larger of 1 and the number.
    /// </summary>
    public double SlotRoundings { get; init; } = 200;
}
