using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>
/// The folder of the checkpoints of one run: <c>checkpoint-STEP.safetensors</c>, the newest few, and
/// <c>best.safetensors</c>. While it is open, no other run can open it.
/// </summary>
/// <remarks>
/// The lock is that of the file <c>.lock</c>, which the system gives back when the process ends, however it does.
/// <para>
/// Several processes open it with their shards (<see cref="TreeShard"/>), in a folder that all see, and call every
/// member together: a checkpoint is one of the whole, which any number of processes can go on from. The first of them
/// has the lock, and what fails on one fails on all.
/// </para>
/// <para>
/// Thread safety: one thread at a time may save a numbered checkpoint, and another one the best at the same time; of
/// several processes one thread at a time.
/// </para>
/// </remarks>
public sealed class CheckpointFolder : IDisposable
{
    /// <summary>How often a file is written whose folder is removed each time meanwhile.</summary>
    private const int MaxAttempts = 3;

    private const string Prefix = "checkpoint-", Suffix = ".safetensors", LockName = ".lock", Again = "again";

    /// <summary>No path has it.</summary>
    private const char BetweenPaths = '\0';

    /// <summary>The codes of a file that another process has locked: EAGAIN, and a sharing violation.</summary>
    private const int LockedOnLinux = 11, LockedOnBsd = 35, LockedOnWindows = unchecked((int)0x80070020);

    private readonly Lock keeping = new();
    private readonly TreeShard? shard;

    /// <summary>The lock; <see langword="null"/> where another process has it.</summary>
    private FileStream? held;

    private CheckpointFolder(string path, FileStream? held, TreeShard? shard) =>
        (Path, this.held, this.shard) = (path, held, shard);

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    /// <summary>Opens a folder, makes it where it is missing, and removes the temporary files of killed runs.</summary>
    /// <param name="path">The path of the folder.</param>
    /// <param name="shard">The shard of this process, where several train together; none by default.</param>
    /// <returns>The folder, to be disposed of, or the error, such as that another run has it open.</returns>
    public static Fin<CheckpointFolder> Open(string path, TreeShard? shard = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        FileStream? held = null;
        return ByFirst(shard, () => FileErrors.Try("lock", System.IO.Path.Combine(path, LockName), () =>
        {
            string full = System.IO.Path.GetFullPath(path);
            held = Lock(full);
            UnfinishedFile.RemoveAll(full);
            return full;
        })).Map(full => new CheckpointFolder(full, held, shard));
    }

    /// <summary>
    /// The newest good checkpoint of a folder, by the step in its name, or the best one where there is no other; the
    /// folder need not be open. One that is refused is skipped.
    /// </summary>
    /// <typeparam name="T">float or double, as in the files.</typeparam>
    /// <param name="path">The path of the folder.</param>
    /// <param name="optimizer">The optimizer that is to continue it; any by default.</param>
    /// <returns>
    /// The checkpoint, and why newer ones were refused; or the error, which names every one that was refused.
    /// </returns>
    public static Fin<FoundCheckpoint<T>> NewestIn<T>(string path, Optimizer? optimizer = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NewestOf<T>(path, optimizer, isOf: null);

    /// <summary>
    /// The file that a path means: the file itself, or the newest good checkpoint of a folder, or its best one where it
    /// has no other.
    /// </summary>
    /// <param name="path">The path of a file or a folder.</param>
    /// <returns>The path of a file, or the error.</returns>
    public static Fin<string> Find(string path) =>
        Directory.Exists(path) ? First(path, CheckpointFile.Describe).Map(found => found.File) : path;

    /// <summary>Whether a folder has checkpoints, good or damaged.</summary>
    /// <param name="path">The path of the folder.</param>
    public static bool HasAny(string path) => FilesIn(path).Length > 0 || File.Exists(BestIn(path));

    /// <inheritdoc cref="NewestIn"/>
    public Fin<FoundCheckpoint<T>> Newest<T>(Optimizer? optimizer = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NewestOf<T>(Path, optimizer, isOf: null, shard);

    /// <summary>The newest good checkpoint among those of some steps.</summary>
    internal Fin<FoundCheckpoint<T>> Newest<T>(Optimizer optimizer, Func<long, bool> isOf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NewestOf<T>(Path, optimizer, isOf, shard);

    /// <summary>Removes the checkpoints, good or damaged, for a run that starts anew.</summary>
    /// <returns>The path of the folder, or the error; then some may be left.</returns>
    public Fin<string> TryRemoveAll() => ByFirst(shard, () => FileErrors.Try("empty", Path, () =>
    {
        foreach (string file in FilesIn(Path)) File.Delete(file);
        File.Delete(BestIn(Path));
        return Path;
    }));

    /// <summary>
    /// Writes a checkpoint under the number of its step, then removes all but the newest ones by the step in their
    /// names. A folder that was removed meanwhile is made again.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="keep">How many to keep, at least 1; the one just written is kept always.</param>
    /// <returns>The path of the file, or the error; then nothing was removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is below 1.</exception>
    public Fin<string> TrySave<T>(Checkpoint<T> checkpoint, int keep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{checkpoint.Step:D10}{Suffix}");
        return TrySave(checkpoint, name).Map(path =>
        {
            if (IsFirst) RemoveAllBut(keep, path);
            return path;
        });
    }

    /// <summary>Writes the best checkpoint, in place of the one before.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>The path of the file, or the error.</returns>
    public Fin<string> TrySaveBest<T>(Checkpoint<T> checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return TrySave(checkpoint, System.IO.Path.GetFileName(BestIn(Path)));
    }

    /// <summary>Lets other runs open the folder.</summary>
    public void Dispose() => held?.Dispose();

    /// <summary>
    /// The newest good checkpoint in the folder of a file other than itself; <see langword="null"/> where there is
    /// none.
    /// </summary>
    internal static string? NewestBeside(string path)
    {
        string full, folder;
        try
        {
            full = System.IO.Path.GetFullPath(path);
            folder = System.IO.Path.GetDirectoryName(full) ?? full;
        }
        catch (ArgumentException)
        {
            return null;
        }

        foreach (string file in FilesIn(folder))
        {
            if (file != full && CheckpointFile.Describe(file).IsSucc) return file;
        }

        return null;
    }

    private bool IsFirst => shard is null || shard.Ranks.Rank == 0;

    /// <summary>What the first of several processes does, or the only one.</summary>
    private static Fin<string> ByFirst(TreeShard? shard, Func<Fin<string>> action) =>
        shard is null ? action() : shard.Ranks.ByFirst(action);

    private static Fin<FoundCheckpoint<T>> NewestOf<T>(
        string path, Optimizer? optimizer, Func<long, bool>? isOf, TreeShard? shard = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        First(path, file => CheckpointFile.ReadTogether<T>(file, optimizer, shard), isOf, shard)
            .Map(found => new FoundCheckpoint<T>(found.File, found.Result, found.Refused));

    private static string BestIn(string folder) => System.IO.Path.Combine(folder, $"best{Suffix}");

    /// <summary>The first checkpoint, from the newest on, that can be read.</summary>
    private static Fin<(string File, TResult Result, ImmutableArray<string> Refused)> First<TResult>(
        string path, Func<string, Fin<TResult>> read, Func<long, bool>? isOf = null, TreeShard? shard = null)
    {
        ImmutableArray<string>.Builder refused = ImmutableArray.CreateBuilder<string>();
        // All processes try the same files, though a folder may change, or one may see it later.
        string files = ByFirst(shard, () => string.Join(BetweenPaths, Candidates(path, isOf))).IfFail("");
        foreach (string file in files.Split(BetweenPaths, StringSplitOptions.RemoveEmptyEntries))
        {
            Fin<TResult> result = read(file);
            foreach (TResult good in result) return (file, good, refused.ToImmutable());
            result.IfFail(error => refused.Add(error.Message));
        }

        return FileErrors.Of(
            refused.Count == 0
                ? $"Cannot find a checkpoint in '{path}': there is none."
                : $"Cannot find a good checkpoint in '{path}': {string.Join(" ", refused)}");
    }

    private static string[] Candidates(string path, Func<long, bool>? isOf)
    {
        if (isOf is not null) return [.. FilesIn(path).Where(file => StepOf(file) is { } step && isOf(step))];
        string best = BestIn(path);
        return File.Exists(best) ? [.. FilesIn(path), best] : FilesIn(path);
    }

    /// <summary>The checkpoints of a folder by the steps in their names, from the newest on.</summary>
    private static string[] FilesIn(string folder)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}")
                    .Select(file => (File: file, Step: StepOf(file)))
                    .Where(file => file.Step is not null)
                    .OrderByDescending(file => file.Step)
                    .ThenBy(file => file.File, StringComparer.Ordinal)
                    .Select(file => file.File),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long? StepOf(string file) => long.TryParse(
        System.IO.Path.GetFileName(file.AsSpan())[Prefix.Length..^Suffix.Length],
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out long step)
        ? step
        : null;

    /// <summary>Takes the lock of a folder, which is made where it is missing.</summary>
    private static FileStream Lock(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            string path = RegularFile.At(System.IO.Path.Combine(folder, LockName));
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is LockedOnLinux or LockedOnBsd or LockedOnWindows)
        {
            throw new IOException("another run has this folder open", exception);
        }
    }

    private Fin<string> TrySave<T>(Checkpoint<T> checkpoint, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string path = System.IO.Path.Combine(Path, name);
        Fin<string> written = Save();
        // A folder that is removed while the file is written takes it along, and its other files before or after it.
        for (int again = 1; again < MaxAttempts && written.IsFail; again++)
        {
            bool wasRemoved = KeepLock().IfFail("") == Again || (shard is null && FileErrors.IsOfMissing(written));
            if (!wasRemoved) break;
            written = Save();
        }

        return written;

        Fin<string> Save() => KeepLock().Bind(_ => CheckpointFile.TrySave(checkpoint, path)).Map(_ => path);

        Fin<string> KeepLock() => ByFirst(shard, () => FileErrors.Try("write", path, LockAgain));
    }

    /// <summary>Makes a folder that was removed again, and takes its lock.</summary>
    /// <returns>Whether it was so.</returns>
    private string LockAgain()
    {
        lock (keeping)
        {
            if (!IsRemoved()) return "";
            FileStream taken = Lock(Path);
            held!.Dispose();
            held = taken;
            return Again;
        }
    }

    /// <summary>Whether the lock that is held is no more that of the folder.</summary>
    private bool IsRemoved()
    {
        string path = System.IO.Path.Combine(Path, LockName);
        lock (keeping)
        {
            // The file of another run has the same name and another time.
            return !File.Exists(path)
                || File.GetCreationTimeUtc(path) != File.GetCreationTimeUtc(held!.SafeFileHandle);
        }
    }

    private void RemoveAllBut(int keep, string written)
    {
        foreach (string old in FilesIn(Path).Where(file => file != written).Skip(keep - 1))
        {
            try
            {
                File.Delete(old);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It takes space, and loses nothing.
            }
        }
    }
}
