using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;

namespace MiniGpt;

/// <summary>What a run leaves in its folder: the plot, the metrics and the parameters.</summary>
public static class RunFiles
{
    /// <summary>Writes the files, or says which could not be written. A file that was there is replaced as a whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="run">What was trained.</param>
    /// <param name="result">What came of it.</param>
    /// <returns>The files.</returns>
    public static Fin<Seq<string>> Write(DirectoryInfo folder, TrainingRun run, TrainResult<float> result)
    {
        string plot = Path.Combine(folder.FullName, "loss.png");
        string metrics = Path.Combine(folder.FullName, "metrics.csv");
        string parameters = Path.Combine(folder.FullName, "parameters.bin");
        return from one in WritePlot(plot, run, result.History)
               from two in MetricsFile.Write(result.History, metrics)
               from three in ParameterFile.Save(result.State.Parameters, parameters)
               select Prelude.Seq(plot, metrics, parameters);
    }

    private static Fin<Unit> WritePlot(string path, TrainingRun run, IReadOnlyList<StepReport> history)
    {
        StepReport[] evaluated = [.. history.Where(report => report.ValidationLoss is not null)];
        try
        {
            LossPlot.Save(
                path,
                $"{run.Options.Preset.Name} on {run.Text.Corpus.Source}",
                CurveOf(history, report => report.Loss),
                CurveOf(evaluated, report => report.ValidationLoss ?? double.NaN),
                CurveOf(history, report => report.LearningRate));
            return Unit.Default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Error.New($"Cannot write '{path}': {exception.Message}");
        }
    }

    private static Curve CurveOf(IReadOnlyList<StepReport> reports, Func<StepReport, double> value) =>
        new([.. reports.Select(report => (double)report.Step)], [.. reports.Select(value)]);
}
