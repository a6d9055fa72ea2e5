using LanguageExt;

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
    /// <summary>Writes the file. If that fails, the existing file is unchanged, and the error says why.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="write">Writes the contents; it may close the stream.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            WriteOrThrow(path, write);
            return Unit.Default;
        }
        catch (Exception exception) when (FileErrors.IsOfFile(exception))
        {
            return FileErrors.Of("write", path, exception);
        }
    }

    /// <summary>Writes the file, or throws an exception of <see cref="FileErrors"/>.</summary>
    internal static void WriteOrThrow(string path, Action<FileStream> write)
    {
        using UnfinishedFile unfinished = UnfinishedFile.Beside(path);
        using (FileStream file = unfinished.Create()) write(file);
        unfinished.Complete();
    }
}
