using System.Formats.Tar;

namespace Functional.Optim.Training;

/// <summary>Resolves a path to a regular file, and rejects everything else.</summary>
internal static class RegularFile
{
    /// <summary>The path after all symbolic links; there may be nothing at it yet.</summary>
    /// <exception cref="IOException">It is a directory, a pipe, a device or a socket. Nothing was opened.</exception>
    internal static string At(string path)
    {
        string full = Path.GetFullPath(path);
        FileSystemInfo? link = new FileInfo(full).LinkTarget is null
            ? null
            : File.ResolveLinkTarget(full, returnFinalTarget: true);
        string target = link?.FullName ?? full;
        if (Directory.Exists(target)) throw new IOException("it is a directory");
        if (IsSpecial(target)) throw new IOException("it is a pipe, a device or a socket, not a file");
        return target;
    }

    /// <summary>
    /// Whether the path is a pipe, a device or a socket. It is not opened, because opening a pipe can block forever.
    /// All of them have a length of 0; for files of that length the tar writer knows the type.
    /// </summary>
    private static bool IsSpecial(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: 0 }) return false;
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true)) writer.WriteEntry(path, "entry");
        archive.Position = 0;
        using TarReader reader = new(archive);
        return reader.GetNextEntry()?.EntryType != TarEntryType.RegularFile;
    }
}
