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
    private readonly FileStream file;
    private readonly LeafNormsLine line = new();

    private LeafNormsFile(FileStream file) => this.file = file;

    /// <summary>
    /// Opens the file to append lines. What is there up to a step is kept, so that a resumed run continues the file:
    /// lines of later steps, and the torn last line of a killed run, are removed.
    /// </summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="afterStep">The last step to keep; 0 begins the file again.</param>
    /// <returns>The open file, or the error: it cannot be written, or it has other lines than these.</returns>
    public static Fin<LeafNormsFile> Open(string path, long afterStep = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        Fin<ImmutableArray<LeafNorms>> kept = afterStep > 0 && File.Exists(path)
            ? Read(path)
            : ImmutableArray<LeafNorms>.Empty;
        return kept
            .Bind(norms => AtomicFile.Write(path, file => WriteAll(file, norms.Where(step => step.Step <= afterStep))))
            .Bind(_ => Append(path));
    }

    /// <summary>Reads a file. A last line without an end, which a killed run leaves, is dropped.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The norms in the order of the file, or the error with the number of the line.</returns>
    public static Fin<ImmutableArray<LeafNorms>> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FileErrors.Try("read", path, () =>
        {
            ReadOnlySpan<byte> rest = File.ReadAllBytes(RegularFile.At(path));
            ImmutableArray<LeafNorms>.Builder norms = ImmutableArray.CreateBuilder<LeafNorms>();
            for (int end; (end = rest.IndexOf(LeafNormsLine.End)) >= 0; rest = rest[(end + 1)..])
                norms.Add(LeafNormsLine.Read(rest[..end], norms.Count + 1));
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
        line.Write(file, value);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        line.Dispose();
        file.Dispose();
    }

    private static Fin<LeafNormsFile> Append(string path) => FileErrors.Try("open", path, () =>
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        return new LeafNormsFile(new FileStream(RegularFile.At(path), options));
    });

    private static void WriteAll(FileStream file, IEnumerable<LeafNorms> norms)
    {
        using LeafNormsLine line = new();
        foreach (LeafNorms step in norms) line.Write(file, step);
    }
}
