using System.Formats.Tar;

namespace Functional.Optim.Training;

/// <summary>Finds the file that a path leads to, and refuses what is none.</summary>
internal static class RegularFile
{
    /// <summary>The path of the file, after all symbolic links; there may be nothing at it yet.</summary>
    /// <exception cref="IOException">There is a directory, a pipe, a device or a socket. None of them was opened.</exception>
    internal static string At(string path)
    {
        string full = Path.GetFullPath(path);
        string target = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target)) throw new IOException("it is a directory");
        if (IsSpecial(target)) throw new IOException("it is a pipe, a device or a socket, not a file");
        return target;
    }

    /// <summary>Opening a pipe can wait for ever. All that is no file has a length of 0, and of those with it the tar writer knows the type.</summary>
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
