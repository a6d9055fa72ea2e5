using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>What a safetensors file has, without its elements.</summary>
/// <param name="Parameters">The tensors of the parameters, in the order of the leaves.</param>
/// <param name="State">The state of the optimizer; <see langword="null"/> in a file of parameters only.</param>
/// <param name="Library">The version of this library that wrote it; empty for a file of another one.</param>
/// <param name="Metadata">The texts of the file.</param>
public sealed record CheckpointDescription(
    ImmutableArray<TensorDescription> Parameters,
    CheckpointDescription.StateDescription? State,
    string Library,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The number of parameters.</summary>
    public long ParameterCount => Parameters.Sum(tensor => tensor.Length);

    /// <summary>The state in a checkpoint.</summary>
    /// <param name="Step">The number of finished steps.</param>
    /// <param name="Updates">The number of finished updates.</param>
    /// <param name="SkippedSteps">The number of steps whose gradient was skipped.</param>
    /// <param name="Counters">The other counters.</param>
    /// <param name="OptimizerText">The optimizer as text; empty where it has none.</param>
    /// <param name="Identity">What the slots mean (<see cref="OptimizerState{T}.Identity"/>).</param>
    /// <param name="Slots">The slots, in order.</param>
    /// <param name="Scalars">The scalars with their names.</param>
    /// <param name="Configuration">The settings of the run by name.</param>
    /// <param name="Memory">What hooks, data cursors and metrics remember, by name.</param>
    public sealed record StateDescription(
        long Step,
        long Updates,
        long SkippedSteps,
        UpdateCounters Counters,
        string OptimizerText,
        string Identity,
        ImmutableArray<SlotDescription> Slots,
        ImmutableArray<KeyValuePair<string, double>> Scalars,
        ImmutableSortedDictionary<string, string> Configuration,
        ImmutableSortedDictionary<string, string> Memory);

    /// <summary>A slot of the optimizer's state.</summary>
    /// <param name="Name">The name; the number of the slot where it has none.</param>
    /// <param name="Format">The format.</param>
    /// <param name="Tensors">Its tensors, in the order of its leaves.</param>
    public sealed record SlotDescription(string Name, StateFormat Format, ImmutableArray<TensorDescription> Tensors)
    {
        /// <summary>The bytes of its elements.</summary>
        public long ByteCount => Tensors.Sum(tensor => tensor.ByteCount);
    }

    /// <summary>Describes an open file.</summary>
    internal static CheckpointDescription Of(SafetensorsFile file)
    {
        CheckpointContent? content = CheckpointContent.Of(file);
        return new(
            [.. CheckpointReader.ParametersOf(file, content)],
            content?.State is { } state ? StateOf(file, content, state) : null,
            content?.Library ?? "",
            file.Metadata);
    }

    private static StateDescription StateOf(
        SafetensorsFile file, CheckpointContent content, CheckpointContent.StateContent state) => new(
        state.Step,
        state.Updates,
        state.SkippedSteps,
        state.Counters,
        state.Optimizer,
        state.Identity,
        [
            .. state.Slots.Select(slot => new SlotDescription(
                slot.Name ?? slot.Key, slot.Format, [.. CheckpointReader.SlotOf(file, content, slot)])),
        ],
        [
            .. state.Scalars.Select(scalar => KeyValuePair.Create(
                scalar.Name, BitConverter.Int64BitsToDouble(scalar.Bits))),
        ],
        state.Configuration.ToImmutableSortedDictionary(StringComparer.Ordinal),
        state.Memory.ToImmutableSortedDictionary(StringComparer.Ordinal));
}
