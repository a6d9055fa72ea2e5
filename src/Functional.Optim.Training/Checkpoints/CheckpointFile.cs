using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>
/// A checkpoint as a safetensors file: parameters under the names of their leaves, slots of the optimizer as
/// <c>optimizer.SLOT.LEAF</c>, everything else in the metadata. A run that is saved, loaded and continued has the bits
/// of an uninterrupted one. A file is replaced completely or not at all, and has a checksum.
/// </summary>
public static class CheckpointFile
{
    /// <summary>
    /// Writes a checkpoint from the memory of its state, without a copy, or throws. Of a shard
    /// (<see cref="TreeShard"/>) all processes write the file of the whole together, each its part, in a folder that all
    /// see; what fails on one fails on all.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <exception cref="IOException">The file cannot be written; the message says why.</exception>
    public static void Save<T>(Checkpoint<T> checkpoint, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TrySave(checkpoint, path).OrThrowIOException();

    /// <summary>Writes a checkpoint from the memory of its state, without a copy; of a shard that of the whole.</summary>
    /// <inheritdoc cref="Save{T}"/>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> TrySave<T>(Checkpoint<T> checkpoint, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return TrySave(checkpoint.State.Parameters, checkpoint, path);
    }

    /// <summary>
    /// Reads a checkpoint, with the same bits. The caller makes the optimizer again from its settings; its first step
    /// refuses a state with another <see cref="OptimizerState{T}.Identity"/>.
    /// </summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The path of the file.</param>
    /// <returns>
    /// The checkpoint, or the error. That of a damaged file in a folder of checkpoints names the newest good one there.
    /// </returns>
    public static Fin<Checkpoint<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Read<T>(path).Match(
            Succ: Fin<Checkpoint<T>>.Succ,
            Fail: error => CheckpointFolder.NewestBeside(path) is { } good
                ? FileErrors.Of($"{error.Message} The newest good checkpoint beside it is '{good}'.")
                : error);

    /// <summary>Reads a checkpoint for an optimizer, and refuses a state that it cannot continue.</summary>
    /// <inheritdoc cref="Load{T}(string)" path="/*[not(@name='path')]"/>
    /// <param name="path">The path of the file.</param>
    /// <param name="optimizer">The optimizer; its settings may differ from those of the saved run.</param>
    public static Fin<Checkpoint<T>> Load<T>(string path, Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Load<T>(path).Bind(checkpoint => For(checkpoint, path, optimizer));
    }

    /// <summary>
    /// Reads the shard of a checkpoint; all processes call it, and any number of them may have written the file.
    /// </summary>
    /// <inheritdoc cref="Load{T}(string)" path="/*[not(@name='path')]"/>
    /// <param name="path">The path of the file.</param>
    /// <param name="optimizer">The optimizer, for which the shard was cut.</param>
    /// <param name="shard">The shard of this process.</param>
    /// <returns>The checkpoint of the shard, or the error of any process.</returns>
    public static Fin<Checkpoint<T>> Load<T>(string path, Optimizer optimizer, TreeShard shard)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(shard);
        return ReadTogether<T>(path, optimizer, shard);
    }

    /// <summary>
    /// Says what a safetensors file of this library or another has; its checksum is verified where it has one.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The description, or the error.</returns>
    public static Fin<CheckpointDescription> Describe(string path) => Open(path, CheckpointDescription.Of);

    /// <summary>Reads a checkpoint, without a look at other files; of several processes each its shard.</summary>
    internal static Fin<Checkpoint<T>> ReadTogether<T>(string path, Optimizer? optimizer, TreeShard? shard)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Fin<Checkpoint<T>> own = Read<T>(path, optimizer, shard);
        return shard is null ? own : shard.Ranks.Share(own);
    }

    private static Fin<Checkpoint<T>> Read<T>(string path, Optimizer? optimizer = null, TreeShard? shard = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Fin<Checkpoint<T>> read = FileErrors.Try("read", path, () => LoadOrThrow<T>(path, shard));
        return optimizer is null ? read : read.Bind(checkpoint => For(checkpoint, path, optimizer));
    }

    /// <summary>Writes parameters, and a state where there is one.</summary>
    internal static Fin<Unit> TrySave<T>(ParameterTree<T> parameters, Checkpoint<T>? checkpoint, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TrySave(parameters.Layout, () => CheckpointWriter.ContentOf(parameters, checkpoint), path);

    /// <summary>Writes what is made of parameters of a layout; of a shard that of the whole.</summary>
    internal static Fin<Unit> TrySave(TreeLayout parameters, Func<SafetensorsContent> make, string path)
    {
        Fin<SafetensorsContent> made = FileErrors.Try("write", path, make);
        return parameters.Shard is { } shard
            ? SharedSafetensors.TrySave(shard.Ranks, path, made)
            : made.Bind(content => AtomicFile.Write(path, content.WriteTo));
    }

    /// <summary>Reads a file whose contents are those that it was written with.</summary>
    internal static Fin<TResult> Open<TResult>(string path, Func<SafetensorsFile, TResult> read) =>
        FileErrors.Try("read", path, () => OpenOrThrow(path, read));

    /// <summary>
    /// Writes the checkpoint of one process, or throws an exception of <see cref="FileErrors"/>. This and
    /// <see cref="LoadOrThrow{T}"/> are for the native library, which does without LanguageExt.
    /// </summary>
    internal static void SaveOrThrow<T>(Checkpoint<T> checkpoint, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AtomicFile.WriteOrThrow(
            path, CheckpointWriter.ContentOf(checkpoint.State.Parameters, checkpoint).WriteTo);

    /// <summary>Reads a checkpoint, or throws an exception of <see cref="FileErrors"/>.</summary>
    internal static Checkpoint<T> LoadOrThrow<T>(string path, TreeShard? shard = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => OpenOrThrow(path, file =>
        {
            CheckpointContent content = CheckpointContent.Of(file)
                ?? throw new InvalidDataException("it was not written by this library, so that it has no state");
            return content.State is null
                ? throw new InvalidDataException("it holds parameters only, without the state of an optimizer")
                : CheckpointReader.Checkpoint<T>(file, content, shard);
        });

    private static TResult OpenOrThrow<TResult>(string path, Func<SafetensorsFile, TResult> read)
    {
        using SafetensorsFile file = SafetensorsFile.OpenOrThrow(path);
        file.RequireChecksum(required: file.Metadata.ContainsKey(CheckpointContent.Key));
        return read(file);
    }

    private static Fin<Checkpoint<T>> For<T>(Checkpoint<T> checkpoint, string path, Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TrainState<T> state = checkpoint.State;
        if (state.Optimizer is { SlotCount: > 0, Identity: "" })
        {
            return FileErrors.Of(
                $"Cannot read '{path}' for {optimizer}: the file does not say to which optimizer its state "
                + "belongs. To continue with it anyway, load it without the optimizer.");
        }

        return FileErrors.Try("read", path, () =>
        {
            optimizer.RequireState(state.Optimizer, state.Parameters.Layout);
            return checkpoint;
        });
    }
}
