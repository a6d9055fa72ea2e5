using System.Collections.Immutable;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>Appends each report to a file of comma-separated values, which <see cref="MetricsFile"/> reads.</summary>
/// <remarks>
/// A report is one write to the operating system and allocates nothing: a process that is killed loses at most the last
/// line. Scalars of the optimizer have the last columns, under their names; the first line of a file decides which: a
/// file with lines that a run goes on with keeps its columns. Not thread-safe: one report at a time.
/// </remarks>
public sealed class CsvMetrics : IProgress<StepReport>, IDisposable
{
    private readonly ReportLines lines;
    private readonly byte[] line = new byte[CsvReport.MaxLength];
    private ImmutableArray<string> scalars;
    private bool hasLines;

    private CsvMetrics(ReportLines lines, ImmutableArray<string> scalars, bool hasLines) =>
        (this.lines, this.scalars, this.hasLines) = (lines, scalars, hasLines);

    /// <summary>Opens a file for a run that starts, or that continues after a step.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="afterStep">
    /// The last step of the state that the run continues. The lines up to it are kept; later ones, and a last line
    /// without an end, are removed. 0, for a run that starts, replaces the file.
    /// </param>
    /// <exception cref="IOException">
    /// The file cannot be opened, or it has other contents; the message names it and the reason.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static CsvMetrics Open(string path, long afterStep = 0) => TryOpen(path, afterStep).OrThrowIOException();

    /// <summary>Opens a file like <see cref="Open"/>; the error says why it cannot.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="afterStep">The last step to keep; 0 replaces the file.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static Fin<CsvMetrics> TryOpen(string path, long afterStep = 0)
    {
        ImmutableArray<string> scalars = [];
        bool hasLines = false;
        return ReportLines.Open(path, CsvReport.Header.ToArray(), StepOf, afterStep)
            .Map(lines => new CsvMetrics(lines, scalars, hasLines));

        long StepOf(ReadOnlySpan<byte> line, long number)
        {
            if (number == 1)
            {
                scalars = CsvReport.ReadHeader(line);
                return 0;
            }

            long step = CsvReport.StepOf(line, number, scalars);
            hasLines |= step <= afterStep;
            return step;
        }
    }

    /// <summary>Appends a line.</summary>
    /// <param name="value">The report.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void Report(StepReport value)
    {
        if (!hasLines)
        {
            scalars = value.Scalars.Names;
            lines.Restart(CsvReport.HeaderOf(scalars));
            hasLines = true;
        }

        lines.Append(line.AsSpan(0, CsvReport.Format(value, scalars, line)));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => lines.Dispose();

    /// <summary>The path of the file.</summary>
    public override string ToString() => lines.ToString();
}
