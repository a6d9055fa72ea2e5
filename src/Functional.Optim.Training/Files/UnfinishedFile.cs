using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>A temporary file beside the file whose place it takes when it is complete.</summary>
internal sealed class UnfinishedFile : IDisposable
{
    private const string Suffix = ".unfinished";

    /// <summary>A younger temporary file may belong to a process that created it but has not opened it yet.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private readonly string target;
    private readonly UnixFileMode? mode;

    private UnfinishedFile(string target, string path)
    {
        (this.target, Path) = (target, path);
        mode = OperatingSystem.IsWindows() || !File.Exists(target) ? null : File.GetUnixFileMode(target);
    }

    /// <summary>The path of the temporary file.</summary>
    internal string Path { get; }

    /// <summary>Names a file beside a path, and removes those of killed processes for the same path.</summary>
    /// <exception cref="IOException">What is at the path is no regular file.</exception>
    internal static UnfinishedFile Beside(string path)
    {
        string target = RegularFile.At(path);
        string directory = System.IO.Path.GetDirectoryName(target)!, mark = MarkOf(target);
        Remove(directory, mark, Abandoned);
        return new(
            target, System.IO.Path.Combine(directory, $"{mark}{System.IO.Path.GetRandomFileName()}{Suffix}"));
    }

    /// <summary>
    /// Removes the temporary files of killed processes from a folder that no other process writes to.
    /// </summary>
    internal static void RemoveAll(string directory) => Remove(directory, ".", TimeSpan.Zero);

    /// <summary>Creates the file. One that replaces another is private until its mode is set.</summary>
    /// <param name="share">What other processes may do with it meanwhile.</param>
    internal FileStream Create(FileShare share = FileShare.None)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows() && mode is not null)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path, options);
    }

    /// <summary>Puts the file, which is closed, in the place of the other, with its mode, and flushes all.</summary>
    internal void Complete()
    {
        using (SafeFileHandle handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Write))
        {
            if (!OperatingSystem.IsWindows() && mode is { } kept) File.SetUnixFileMode(handle, kept);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(Path, target, overwrite: true);
        FolderFlush.Of(System.IO.Path.GetDirectoryName(target)!);
    }

    /// <summary>Removes the file unless it is complete.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next write of the same file removes it.
        }
    }

    /// <summary>
    /// The prefix of the temporary files of a path: short for any length of the path, and different from other files.
    /// </summary>
    private static string MarkOf(string target)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(target)));
        return $".{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.";
    }

    private static void Remove(string directory, string mark, TimeSpan age)
    {
        foreach (string left in Directory.EnumerateFiles(directory, $"{mark}*{Suffix}"))
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
