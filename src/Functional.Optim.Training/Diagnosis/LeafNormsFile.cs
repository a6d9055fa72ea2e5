using System.Collections.Immutable;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// The norms of a run as JSON lines, one for each measured step. Each leaf has its name and the norms of its
/// parameters, its gradient and its update: <c>{"step":1,"leaves":[["w",3,0.5,0.01]]}</c>. NaN and infinities are
/// strings.
/// </summary>
/// <remarks>
/// Each line is written at once and reaches the operating system before <see cref="Report"/> returns, so a killed
/// process loses at most the line that it was writing. Not thread-safe.
/// </remarks>
public sealed class LeafNormsFile : IProgress<LeafNorms>, IDisposable
{
    private readonly ReportLines lines;
    private readonly LeafNormsLine line = new();

    private LeafNormsFile(ReportLines lines) => this.lines = lines;

    /// <summary>
    /// Opens the file to append lines. What is there up to a step is kept, so that a resumed run continues the file:
    /// lines of later steps, and the torn last line of a killed run, are removed.
    /// </summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="afterStep">The last step to keep; 0 begins the file again.</param>
    /// <returns>The open file, or the error: it cannot be written, or it has other lines than these.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static Fin<LeafNormsFile> Open(string path, long afterStep = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ReportLines.Open(
                path, [], static (line, number) => LeafNormsLine.Read(line, number).Step, afterStep, Array.MaxLength)
            .Map(static lines => new LeafNormsFile(lines));
    }

    /// <summary>Reads a file. A last line without an end, which a killed run leaves, is dropped.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The norms in the order of the file, or the error with the number of the line.</returns>
    public static Fin<ImmutableArray<LeafNorms>> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FileErrors.Try("read", path, () =>
        {
            using FileStream file = ReportLines.OpenToRead(RegularFile.At(path));
            ImmutableArray<LeafNorms>.Builder norms = ImmutableArray.CreateBuilder<LeafNorms>();
            ReportLines.Read(
                file,
                (line, number) =>
                {
                    norms.Add(LeafNormsLine.Read(line, number));
                    return true;
                },
                Array.MaxLength);
            return norms.ToImmutable();
        });
    }

    /// <summary>Appends a line.</summary>
    /// <param name="value">The norms of a step.</param>
    /// <exception cref="IOException">The line cannot be written, such as on a full disk.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public void Report(LeafNorms value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lines.Append(line.Of(value));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        line.Dispose();
        lines.Dispose();
    }
}
