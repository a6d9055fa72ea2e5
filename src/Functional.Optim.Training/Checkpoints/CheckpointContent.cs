using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Optim.Training;

/// <summary>
/// What a file says beside its tensors, as JSON in its metadata: the order of the leaves, and all of a state that is no
/// tensor. Tensors are found by name.
/// </summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Library">The version of the library that wrote the file.</param>
/// <param name="Leaves">The names of the parameters, in order.</param>
/// <param name="State">The state; <see langword="null"/> in a file of parameters only.</param>
internal sealed record CheckpointContent(
    int Version, string Library, string[] Leaves, CheckpointContent.StateContent? State = null)
{
    /// <summary>The version that this library writes, and the newest that it reads.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>The key of the metadata.</summary>
    internal const string Key = "functional_optim";

    /// <summary>What the names of the tensors of slots begin with.</summary>
    internal const string SlotPrefix = "optimizer.";

    /// <summary>The version of this library.</summary>
    internal static string LibraryVersion => typeof(CheckpointContent).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <param name="Updates">The number of finished updates.</param>
    /// <param name="SkippedSteps">The number of steps whose gradient was skipped.</param>
    /// <param name="Counters">The other counters.</param>
    /// <param name="Identity">What the slots mean.</param>
    /// <param name="Optimizer">The optimizer as text.</param>
    /// <param name="Slots">The slots, in order.</param>
    /// <param name="Scalars">The scalars, in order.</param>
    /// <param name="Configuration">The settings of the run.</param>
    /// <param name="Memory">What the parts of the run remember.</param>
    internal sealed record StateContent(
        long Updates,
        long SkippedSteps,
        UpdateCounters Counters,
        string Identity,
        string Optimizer,
        SlotContent[] Slots,
        ScalarContent[] Scalars,
        SortedDictionary<string, string> Configuration,
        SortedDictionary<string, string> Memory)
    {
        /// <summary>The number of finished steps.</summary>
        internal long Step => Updates + Counters.SkippedUpdates;

        internal bool IsInRange =>
            Updates >= 0 && SkippedSteps >= 0
            && Counters is { SkippedUpdates: >= 0, Accumulated: >= 0, ConsecutiveSkips: >= 0 }
            && Updates <= long.MaxValue - Counters.SkippedUpdates;
    }

    /// <param name="Key">The part of the names of its tensors between <see cref="SlotPrefix"/> and the leaf.</param>
    /// <param name="Name">The name; <see langword="null"/> in a state made without names.</param>
    /// <param name="Format">The format.</param>
    /// <param name="Leaves">The names of its leaves; <see langword="null"/> where they are those of the
    /// parameters.</param>
    /// <param name="Starts">The number of finished updates when each leaf started; <see langword="null"/> where all
    /// started at 0.</param>
    [method: JsonConstructor]
    internal readonly record struct SlotContent(
        string Key, string? Name, StateFormat Format, string[]? Leaves, long[]? Starts)
    {
        /// <summary>The name of the tensor of a leaf.</summary>
        internal string TensorOf(string leaf) => $"{SlotPrefix}{Key}.{leaf}";

        /// <summary>The name of the tensor of the scales of a leaf.</summary>
        internal string ScalesOf(string leaf) => $"{SlotPrefix}{Key}~scale.{leaf}";

        /// <summary>The names of all tensors of a leaf.</summary>
        internal IEnumerable<string> TensorsOf(string leaf) =>
            Format.HasBlocks() ? [TensorOf(leaf), ScalesOf(leaf)] : [TensorOf(leaf)];

        /// <summary>The element type of its tensors of numbers, or of codes.</summary>
        internal TensorType TypeOf<T>() => Format switch
        {
            StateFormat.BFloat16 => TensorType.BF16,
            StateFormat.Float8 => TensorType.F8E4M3,
            StateFormat.Int8 => TensorType.U8,
            _ => CheckpointWriter.TypeOf<T>(),
        };
    }

    /// <param name="Name">The name.</param>
    /// <param name="Bits">The bits of the value, as JSON has neither NaN nor infinity.</param>
    [method: JsonConstructor]
    internal readonly record struct ScalarContent(string Name, long Bits);

    /// <summary>The content as text.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, CheckpointJson.Default.CheckpointContent);

    /// <summary>The content of a file; <see langword="null"/> for a file of another library.</summary>
    /// <exception cref="InvalidDataException">It is newer, or damaged.</exception>
    internal static CheckpointContent? Of(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Key, out string? json)) return null;
        try
        {
            // A newer file may have other members, so that its version is read before.
            int version = JsonSerializer.Deserialize(json, CheckpointJson.Default.VersionOnly)?.Version ?? 0;
            Require(
                version is >= 1 and <= CurrentVersion,
                $"its format has version {version}; this library reads version {CurrentVersion}"
                    + (version > CurrentVersion ? ", so that a newer one wrote it" : ""));
            CheckpointContent? content = JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointContent);
            Require(content is not null && content.HasNoNull(), "its metadata does not describe its tensors");
            Require(content!.State?.IsInRange != false, "its counters are out of range");
            return content;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("its metadata does not describe its tensors", exception);
        }
    }

    private bool HasNoNull() =>
        Array.TrueForAll(Leaves, name => name is not null)
        && (State is null
            || (Array.TrueForAll(
                    State.Slots,
                    slot => slot is { Key: not null } && Enum.IsDefined(slot.Format)
                        && Array.TrueForAll(slot.Leaves ?? [], name => name is not null))
                && Array.TrueForAll(State.Scalars, scalar => scalar.Name is not null)
                && State.Configuration.Values.All(text => text is not null)
                && State.Memory.Values.All(text => text is not null)));

    private static void Require(bool holds, string error)
    {
        if (!holds) throw new InvalidDataException(error);
    }

    internal sealed record VersionOnly(int Version);
}

/// <summary>The JSON of <see cref="CheckpointContent"/>, generated when the library is compiled.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckpointContent))]
[JsonSerializable(typeof(CheckpointContent.VersionOnly))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
