using System.Text;
using CommandLine;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;

namespace Experiments;

/// <summary>The files of runs: a folder for each experiment, and a page that shows all of them.</summary>
public sealed class ReportFolder(DirectoryInfo root)
{
    private readonly List<ExperimentRun> written = [];

    /// <summary>Writes the tables and the pictures of a run, and the page with this run added.</summary>
    /// <returns>The path of the page, or the file that could not be written and why.</returns>
    public Fin<string> Write(ExperimentRun run)
    {
        string folder = Path.Combine(root.FullName, run.Experiment.Name),
            page = Path.Combine(root.FullName, "index.html");
        Fin<Unit> files = from made in OutputFolder.Make(folder)
                          from report in WriteText(Path.Combine(folder, "report.md"), MarkdownText.Of(run))
                          from tables in All(run.Report.Tables,
                              table => WriteText(Path.Combine(folder, $"{table.Name}.csv"), CsvText.Of(table)))
                          from pictures in All(run.Report.Pictures, picture => PictureFile.Write(picture, folder)
                              .Map(_ => Prelude.unit))
                          from shown in WriteText(page, IndexPage.Of([.. written, run]))
                          select shown;
        if (files.IsSucc) written.Add(run);
        return files.Match<Fin<string>>(
            Succ: _ => page, Fail: error => Error.New("cannot write the files of "
                + $"{run.Experiment.Name}: {error.Message}"));
    }

    private static Fin<Unit> All<T>(IEnumerable<T> items, Func<T, Fin<Unit>> write) =>
        items.Aggregate((Fin<Unit>)Prelude.unit, (before, item) => before.Bind(_ => write(item)));

    private static Fin<Unit> WriteText(string path, string text) =>
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));
}
