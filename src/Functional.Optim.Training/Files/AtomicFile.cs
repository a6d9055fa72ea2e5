using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>Writes a file beside its place and moves it there when it is whole, so that a reader never sees half of one.</summary>
internal static class AtomicFile
{
    internal static Fin<Unit> Write(string path, Action<FileStream> write)
    {
        try
        {
            string temporary = path + ".tmp";
            FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
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
