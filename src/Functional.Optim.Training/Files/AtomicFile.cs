using System.Security.Cryptography;
using System.Text;
using LanguageExt;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>
/// Writes a file completely or not at all: it writes a temporary file in the same directory, then renames it.
/// </summary>
/// <remarks>
/// A symbolic link is followed: its target is replaced, or created if it does not exist. The file keeps the
/// mode of the file that it replaces; its owner is the writer, and hard links keep the old file. Directories,
/// pipes, devices and sockets are rejected. The bytes are flushed to the disk before the rename, and the folder
/// after it. After a power failure the old or the new file is there, never a part of one. Temporary files of a
/// killed process are removed by the next write of the same file.
/// </remarks>
public static class AtomicFile
{
    private const string Unfinished = ".unfinished";

    /// <summary>A younger temporary file may belong to a process that created it but has not opened it yet.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    /// <summary>Writes the file. If that fails, the existing file is unchanged, and the error says why.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="write">Writes the contents; it may close the stream.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            string target = RegularFile.At(path);
            string directory = Path.GetDirectoryName(target)!, mark = MarkOf(target);
            Remove(directory, mark, Abandoned);
            string temporary = Path.Combine(directory, $"{mark}{Path.GetRandomFileName()}{Unfinished}");
            UnixFileMode? mode = OperatingSystem.IsWindows() || !File.Exists(target)
                ? null
                : File.GetUnixFileMode(target);
            try
            {
                using (FileStream file = new(temporary, New(mode))) write(file);
                Finish(temporary, mode);
                File.Move(temporary, target, overwrite: true);
                FolderFlush.Of(directory);
            }
            finally
            {
                File.Delete(temporary);
            }

            return Unit.Default;
        }
        catch (Exception exception) when (FileErrors.IsOfFile(exception))
        {
            return FileErrors.Of("write", path, exception);
        }
    }

    /// <summary>A file that replaces another one is private until its mode is set.</summary>
    private static FileStreamOptions New(UnixFileMode? mode)
    {
        FileStreamOptions options =
            new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && mode is not null)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Sets the mode and flushes, through a new handle: the writer may have closed its stream.</summary>
    private static void Finish(string temporary, UnixFileMode? mode)
    {
        using SafeFileHandle handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.Write);
        if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(handle, kept);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>
    /// The prefix of the temporary files of a path: short for any length of the path, and different from other files.
    /// </summary>
    private static string MarkOf(string target)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(target)));
        return $".{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.";
    }

    /// <summary>
    /// Removes the temporary files of killed processes from a folder that no other process writes to.
    /// </summary>
    internal static void RemoveUnfinished(string directory) => Remove(directory, ".", TimeSpan.Zero);

    private static void Remove(string directory, string mark, TimeSpan age)
    {
        foreach (string left in Directory.EnumerateFiles(directory, $"{mark}*{Unfinished}"))
        {
            try
            {
                // The clock may have been set back since.
                if ((DateTime.UtcNow - File.GetLastWriteTimeUtc(left)).Duration() < age) continue;
                // A file that is being written is open, so this fails.
                using (File.OpenHandle(left, FileMode.Open, FileAccess.Write, FileShare.None))
                {
                }

                File.Delete(left);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The file is in use, or gone. That must not keep this file from being written.
            }
        }
    }
}
