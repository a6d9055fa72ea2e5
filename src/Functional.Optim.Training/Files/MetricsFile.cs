using System.Globalization;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// The history of a run as comma-separated values: one line for each report, numbers in the invariant culture.
/// </summary>
public static class MetricsFile
{
    /// <summary>Writes the file. If that fails, the existing file is unchanged, and the error says why.</summary>
    /// <param name="history">The reports.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> Write(IEnumerable<StepReport> history, string path)
    {
        ArgumentNullException.ThrowIfNull(history);
        return AtomicFile.Write(path, file => WriteTo(file, history));
    }

    private static void WriteTo(FileStream file, IEnumerable<StepReport> history)
    {
        using StreamWriter writer = new(file, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("step,loss,validationLoss,learningRate,gradientNorm,tokensPerSecond,milliseconds");
        foreach (StepReport report in history)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Step},{report.Loss},{report.ValidationLoss},{report.LearningRate},"
                + $"{report.GradientNorm},{report.TokensPerSecond},{report.StepMilliseconds}"));
        }
    }
}
