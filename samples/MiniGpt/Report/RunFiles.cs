using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;

namespace MiniGpt;

/// <summary>The files of a run besides its checkpoints: the parameters, the metrics and the plot.</summary>
public static class RunFiles
{
    /// <summary>The names of the files that are written line by line.</summary>
    public const string Metrics = "metrics.csv", LeafNorms = "leaf-norms.jsonl";

    /// <summary>
    /// Writes each file, even if another one fails. An existing file is replaced completely or not at all. A missing
    /// folder is made again. A file that cannot be written there goes to a new temporary folder.
    /// </summary>
    /// <param name="folder">The path of the folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="parameters">The trained parameters.</param>
    /// <param name="history">The reports of the steps, those before a resume included.</param>
    /// <returns>
    /// The path of each file, or why it could not be written; for a file that went to the temporary folder first why,
    /// then its path. The parameters, which took longest to make, come first.
    /// </returns>
    public static IEnumerable<Fin<string>> Write(
        string folder, TrainingRun run, ParameterTree<float> parameters, IReadOnlyList<StepReport> history) =>
        Write(
            folder,
            ("parameters.safetensors", path => ParameterFile.TrySave(parameters, path)),
            (Metrics, path => MetricsFile.TryWrite(history, path)),
            ("loss.png", path => Draw(path, () => LossPlot.Png(
                $"{run.Options.Preset.Name} on {run.Text.Corpus.Source}",
                CurveOf(history, report => report.Loss),
                CurveOf(
                    [.. history.Where(report => report.ValidationLoss is not null)],
                    report => report.ValidationLoss ?? double.NaN),
                CurveOf(history, report => report.LearningRate)))));

    /// <summary>Writes the table and the picture of a learning-rate range test, as the files of a run.</summary>
    /// <param name="folder">The path of the folder.</param>
    /// <param name="sweep">The test.</param>
    /// <returns>As for the files of a run.</returns>
    public static IEnumerable<Fin<string>> Write(string folder, RateSweep sweep) => Write(
        folder,
        ("rates.csv", path => AtomicFile.Write(path, file => RateTable.Write(file, sweep))),
        ("rates.png", path => Draw(path, () => RatePlot.Png(sweep))));

    private static IEnumerable<Fin<string>> Write(
        string folder, params (string Name, Func<string, Fin<Unit>> Write)[] files)
    {
        Fin<DirectoryInfo>? elsewhere = null;
        foreach ((string name, Func<string, Fin<Unit>> write) in files)
        {
            Fin<string> written = OutputFolder.Make(folder).Bind(made => At(made, name, write));
            yield return written;
            if (written.IsSucc) continue;
            yield return (elsewhere ??= OutputFolder.MakeTemporary()).Bind(made => At(made, name, write));
        }
    }

    private static Fin<string> At(DirectoryInfo folder, string name, Func<string, Fin<Unit>> write)
    {
        string path = Path.Combine(folder.FullName, name);
        return write(path).Map(_ => path);
    }

    private static Fin<Unit> Draw(string path, Func<byte[]> draw)
    {
        try
        {
            byte[] picture = draw();
            return AtomicFile.Write(path, file => file.Write(picture));
        }
        catch (Exception exception)
        {
            // The drawing library may throw anything, even that it is missing on this system; the
            // other files are not affected.
            return Error.New($"Cannot draw '{path}': {exception.Message}");
        }
    }

    private static Curve CurveOf(IReadOnlyList<StepReport> reports, Func<StepReport, double> value) =>
        new([.. reports.Select(report => (double)report.Step)], [.. reports.Select(value)]);
}
