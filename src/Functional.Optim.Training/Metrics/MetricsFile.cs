using System.Collections.Immutable;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// The history of a run as comma-separated values: one line for each report, numbers in the invariant culture.
/// </summary>
/// <remarks>
/// Scalars of the optimizer have the last columns, under their names. Doubles have as many digits as it takes to read
/// the same bits back. <see cref="CsvMetrics"/> writes such a file
/// during the run.
/// </remarks>
public static class MetricsFile
{
    /// <summary>Writes the file. If that fails, the existing file is unchanged.</summary>
    /// <param name="history">The reports.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it and the reason.</exception>
    public static void Write(IEnumerable<StepReport> history, string path) =>
        TryWrite(history, path).OrThrowIOException();

    /// <summary>Writes the file. If that fails, the existing file is unchanged, and the error says why.</summary>
    /// <param name="history">The reports.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> TryWrite(IEnumerable<StepReport> history, string path)
    {
        ArgumentNullException.ThrowIfNull(history);
        IReadOnlyCollection<StepReport> reports = history as IReadOnlyCollection<StepReport> ?? [.. history];
        return AtomicFile.Write(path, file => WriteTo(file, reports));
    }

    /// <summary>Reads the reports of a file that this class or <see cref="CsvMetrics"/> wrote.</summary>
    /// <remarks>
    /// A last line without an end, which a killed run may leave, is not read. The file may be open for writing.
    /// </remarks>
    /// <param name="path">The path of the file.</param>
    /// <returns>The reports in the order of the lines; or the error, which names the line and the value.</returns>
    public static Fin<ImmutableArray<StepReport>> Read(string path) => FileErrors.Try("read", path, () =>
    {
        using FileStream file = ReportLines.OpenToRead(RegularFile.At(path));
        return CsvReport.ReadAll(file);
    });

    private static void WriteTo(FileStream file, IReadOnlyCollection<StepReport> history)
    {
        Span<byte> line = stackalloc byte[CsvReport.MaxLength];
        ImmutableArray<string> scalars = CsvReport.ScalarsOf(history);
        file.Write(CsvReport.HeaderOf(scalars));
        foreach (StepReport report in history) file.Write(line[..CsvReport.Format(report, scalars, line)]);
    }
}
