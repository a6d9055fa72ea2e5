using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// All that a run needs to go on: its state, what its optimizer was, its configuration, and what the parts of the run
/// remember.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="State">The parameters and the state of the optimizer.</param>
public sealed record Checkpoint<T>(TrainState<T> State)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The optimizer as text, such as <c>adamW(learningRate=0.01)</c>; empty where it has none.</summary>
    public string OptimizerText { get; init; } = "";

    /// <summary>The settings of the run by name, which a resumed run compares with its own.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } = CheckpointTexts.None;

    /// <summary>What hooks, data cursors and metrics remember, by name.</summary>
    public ImmutableSortedDictionary<string, string> Memory { get; init; } = CheckpointTexts.None;

    /// <summary>The number of finished steps.</summary>
    public long Step => State.Step;
}

/// <summary>Texts by name, in the order of the bytes of their names.</summary>
internal static class CheckpointTexts
{
    internal static readonly ImmutableSortedDictionary<string, string> None =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
