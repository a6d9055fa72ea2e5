using System.Security.Cryptography;
using System.Text;
using LanguageExt;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>Writes a file beside its place and moves it there when it is whole, so that a reader never sees half of one.</summary>
/// <remarks>
/// A symbolic link is followed: what it leads to is replaced, or made where there is nothing. The file keeps the mode of the one it
/// replaces, while its owner is who writes it, and hard links of the old one keep that. Directories, pipes, devices and sockets are refused.
/// The bytes are on the disk before the move; a power cut right after may bring the old file back, but never half of one. What a
/// killed process left beside a file is removed by the next that writes this file.
/// </remarks>
public static class AtomicFile
{
    private const string Unfinished = ".unfinished";

    /// <summary>A process that has just made its file may not hold it yet.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    /// <summary>Writes the file, or leaves the one that is there as it is and says why.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="write">Writes what is in it; it may close the stream.</param>
    public static Fin<Unit> Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            string target = RegularFile.At(path);
            string directory = Path.GetDirectoryName(target)!, mark = MarkOf(target);
            RemoveAbandoned(directory, mark);
            string temporary = Path.Combine(directory, $"{mark}{Path.GetRandomFileName()}{Unfinished}");
            UnixFileMode? mode = OperatingSystem.IsWindows() || !File.Exists(target) ? null : File.GetUnixFileMode(target);
            try
            {
                using (FileStream file = new(temporary, New(mode))) write(file);
                Finish(temporary, mode);
                File.Move(temporary, target, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            return Unit.Default;
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            return FileFault.Of("write", path, exception);
        }
    }

    /// <summary>What is to be secret is so from the start.</summary>
    private static FileStreamOptions New(UnixFileMode? mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && mode is not null) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Through a handle of its own, as the writer may have closed its stream.</summary>
    private static void Finish(string temporary, UnixFileMode? mode)
    {
        using SafeFileHandle whole = File.OpenHandle(temporary, FileMode.Open, FileAccess.Write);
        if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(whole, kept);
        RandomAccess.FlushToDisk(whole);
    }

    /// <summary>How the temporary files of a path begin: short, whatever its length, and none that is anybody else's.</summary>
    private static string MarkOf(string target) =>
        $".{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(target))).AsSpan(0, 8))}.";

    private static void RemoveAbandoned(string directory, string mark)
    {
        foreach (string left in Directory.EnumerateFiles(directory, $"{mark}*{Unfinished}"))
        {
            try
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(left) < Abandoned) continue;
                // Whoever is still writing holds it, and opening it fails.
                using (File.OpenHandle(left, FileMode.Open, FileAccess.Write, FileShare.None))
                {
                }

                File.Delete(left);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It is somebody's, or gone: no reason not to write the file.
            }
        }
    }
}
