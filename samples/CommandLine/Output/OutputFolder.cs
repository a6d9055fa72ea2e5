using LanguageExt;
using LanguageExt.Common;

namespace CommandLine;

/// <summary>The folder of the files of a run.</summary>
public static class OutputFolder
{
    /// <summary>
    /// Makes the folder if it is missing and checks that files can be written to it; or returns an error in one line.
    /// </summary>
    public static Fin<DirectoryInfo> Prepare(string path) => Make(path).Bind(folder => Try(path, () =>
    {
        // A killed program may leave it; under this name the next run removes it.
        string probe = Path.Combine(folder.FullName, $".{Path.GetRandomFileName()}.unfinished");
        File.WriteAllBytes(probe, [0]);
        File.Delete(probe);
        return folder;
    }));

    /// <summary>Makes the folder if it is missing, or returns an error in one line.</summary>
    public static Fin<DirectoryInfo> Make(string path) =>
        File.Exists(path) ? ErrorOf(path, "is a file; allowed is a folder")
            : Try(path, () => Directory.CreateDirectory(path));

    /// <summary>
    /// Makes a new temporary folder for files that the given folder does not take, or returns an error in one line.
    /// </summary>
    public static Fin<DirectoryInfo> MakeTemporary() =>
        Try(Path.GetTempPath(), () => Directory.CreateTempSubdirectory("minigpt-"));

    private static Fin<DirectoryInfo> Try(string path, Func<DirectoryInfo> make)
    {
        try
        {
            return make();
        }
        catch (UnauthorizedAccessException)
        {
            return ErrorOf(path, "cannot be written: permission denied");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            return ErrorOf(path, $"cannot be written: {exception.Message}");
        }
    }

    private static Error ErrorOf(string path, string error) => Error.New($"the output folder '{path}' {error}");
}
