using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>Writes a file beside its place and moves it there when it is whole, so that a reader never sees half of one.</summary>
public static class AtomicFile
{
    /// <summary>Writes the file, or leaves the one that is there as it is and says why.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="write">Writes what is in it.</param>
    public static Fin<Unit> Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            // A name of its own, and none that is taken: whatever else is in the directory belongs to somebody.
            string temporary = $"{path}.{Path.GetRandomFileName()}";
            FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            try
            {
                using (file)
                {
                    write(file);
                    file.Flush(flushToDisk: true);
                }

                File.Move(temporary, path, overwrite: true);
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
}
