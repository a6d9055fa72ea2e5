using LanguageExt;
using LanguageExt.Common;

namespace Experiments;

/// <summary>The files of runs: a folder for each experiment, and one page that shows all.</summary>
public sealed class ReportFolder(DirectoryInfo root)
{
    private readonly List<ExperimentRun> written = [];

    /// <summary>Writes the tables and the pictures of a run, and the page anew with this run on it.</summary>
    /// <returns>The page, or which file could not be written and why.</returns>
    public Fin<string> Write(ExperimentRun run)
    {
        string folder = Path.Combine(root.FullName, run.Experiment.Name), page = Path.Combine(root.FullName, "index.html");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "report.md"), MarkdownText.Of(run));
            foreach (Table table in run.Report.Tables) File.WriteAllText(Path.Combine(folder, $"{table.Name}.csv"), CsvText.Of(table));
            foreach (Picture picture in run.Report.Pictures) PictureFile.Write(picture, folder);
            written.Add(run);
            File.WriteAllText(page, IndexPage.Of(written));
            return page;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Error.New($"cannot write the files of {run.Experiment.Name}: {exception.Message}");
        }
    }
}
