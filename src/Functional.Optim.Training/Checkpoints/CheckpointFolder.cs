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
/// Thread safety: one thread at a time may save a numbered checkpoint, and another one the best at the same time.
/// </remarks>
public sealed class CheckpointFolder : IDisposable
{
    /// <summary>How often a file is written whose folder is removed each time meanwhile.</summary>
    private const int MaxAttempts = 3;

    private const string Prefix = "checkpoint-", Suffix = ".safetensors", LockName = ".lock";

    /// <summary>The codes of a file that another process has locked: EAGAIN, and a sharing violation.</summary>
    private const int LockedOnLinux = 11, LockedOnBsd = 35, LockedOnWindows = unchecked((int)0x80070020);

    private readonly Lock keeping = new();
    private FileStream held;

    private CheckpointFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    /// <summary>Opens a folder, makes it where it is missing, and removes the temporary files of killed runs.</summary>
    /// <param name="path">The path of the folder.</param>
    /// <returns>The folder, to be disposed of, or the error, such as that another run has it open.</returns>
    public static Fin<CheckpointFolder> Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FileErrors.Try("lock", System.IO.Path.Combine(path, LockName), () =>
        {
            string full = System.IO.Path.GetFullPath(path);
            CheckpointFolder folder = new(full, Lock(full));
            AtomicFile.RemoveUnfinished(full);
            return folder;
        });
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
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NewestIn<T>(Path, optimizer);

    /// <summary>The newest good checkpoint among those of some steps.</summary>
    internal Fin<FoundCheckpoint<T>> Newest<T>(Optimizer optimizer, Func<long, bool> isOf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NewestOf<T>(Path, optimizer, isOf);

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
            RemoveAllBut(keep, path);
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
    public void Dispose() => held.Dispose();

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

    private static Fin<FoundCheckpoint<T>> NewestOf<T>(string path, Optimizer? optimizer, Func<long, bool>? isOf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        First(path, file => CheckpointFile.Read<T>(file, optimizer), isOf)
            .Map(found => new FoundCheckpoint<T>(found.File, found.Result, found.Refused));

    private static string BestIn(string folder) => System.IO.Path.Combine(folder, $"best{Suffix}");

    /// <summary>The first checkpoint, from the newest on, that can be read.</summary>
    private static Fin<(string File, TResult Result, ImmutableArray<string> Refused)> First<TResult>(
        string path, Func<string, Fin<TResult>> read, Func<long, bool>? isOf = null)
    {
        ImmutableArray<string>.Builder refused = ImmutableArray.CreateBuilder<string>();
        string best = BestIn(path);
        string[] numbered = FilesIn(path);
        foreach (string file in File.Exists(best) && isOf is null ? [.. numbered, best] : numbered)
        {
            if (isOf is not null && !(StepOf(file) is { } step && isOf(step))) continue;
            Fin<TResult> result = read(file);
            foreach (TResult good in result) return (file, good, refused.ToImmutable());
            result.IfFail(error => refused.Add(error.Message));
        }

        return FileErrors.Of(
            refused.Count == 0
                ? $"Cannot find a checkpoint in '{path}': there is none."
                : $"Cannot find a good checkpoint in '{path}': {string.Join(" ", refused)}");
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
        // A folder that is removed while the file is written takes it along.
        for (int again = 1; again < MaxAttempts && written.IsFail && IsRemoved(); again++) written = Save();
        return written;

        Fin<string> Save() => FileErrors.Try("write", path, KeepLock)
            .Bind(_ => CheckpointFile.TrySave(checkpoint, path))
            .Map(_ => path);
    }

    /// <summary>Makes a folder that was removed again, and takes its lock.</summary>
    private Unit KeepLock()
    {
        lock (keeping)
        {
            if (IsRemoved())
            {
                FileStream taken = Lock(Path);
                held.Dispose();
                held = taken;
            }
        }

        return Unit.Default;
    }

    /// <summary>Whether the lock that is held is no more that of the folder.</summary>
    private bool IsRemoved()
    {
        string path = System.IO.Path.Combine(Path, LockName);
        lock (keeping)
        {
            // The file of another run has the same name and another time.
            return !File.Exists(path)
                || File.GetCreationTimeUtc(path) != File.GetCreationTimeUtc(held.SafeFileHandle);
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
