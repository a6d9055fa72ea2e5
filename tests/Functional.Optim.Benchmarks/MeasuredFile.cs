using System.Text;
using CommandLine;
using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Training;
using LanguageExt.Common;

namespace Functional.Optim.Benchmarks;

/// <summary>Files of what was measured.</summary>
internal static class MeasuredFile
{
    /// <summary>The option that says where they go.</summary>
    /// <param name="files">The names of the files, for the help.</param>
    internal static System.CommandLine.Option<string?> Folder(string files) => CheckedOption.Path(
        "--out", "FOLDER", $"Also writes {files} to the folder, in place of what is there");

    /// <summary>Checks, before anything is measured, that the folder takes files.</summary>
    /// <param name="folder">The folder; <see langword="null"/> where no files are wanted.</param>
    /// <exception cref="ExpectedException">It does not.</exception>
    internal static void Prepare(string? folder)
    {
        if (folder is not null) OutputFolder.Prepare(folder).ThrowIfFail();
    }

    /// <summary>Writes a file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="content">What is in it.</param>
    /// <exception cref="ExpectedException">It cannot be written.</exception>
    internal static void Write(string folder, string name, byte[] content) =>
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content)).ThrowIfFail();

    /// <summary>Writes a text.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="content">What is in it.</param>
    /// <exception cref="ExpectedException">It cannot be written.</exception>
    internal static void Write(string folder, string name, string content) =>
        Write(folder, name, Encoding.UTF8.GetBytes(content));

    /// <summary>The command line that runs this program.</summary>
    /// <param name="arguments">Its arguments.</param>
    internal static string CommandOf(params IEnumerable<string> arguments) =>
        $"dotnet run -c Release {Torch.BuildOption}--project tests/Functional.Optim.Benchmarks -- "
        + string.Join(' ', arguments.Select(static argument =>
            argument.Any(letter => letter is '*' or ' ' or '(' or ')' or '?') ? $"\"{argument}\"" : argument));
}
