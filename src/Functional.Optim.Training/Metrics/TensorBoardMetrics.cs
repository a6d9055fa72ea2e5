using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LanguageExt;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>Appends each report to an event file of TensorBoard, as scalars under fixed tags.</summary>
/// <remarks>
/// The tags are <c>train/loss</c>, <c>val/loss</c> (of reports with an evaluation), <c>lr</c>, <c>grad_norm</c>,
/// <c>tokens_per_second</c>, <c>step_ms</c>, <c>optimizer_ms</c> and <c>skipped_steps</c>, and <c>optimizer/NAME</c> of
/// scalars of the optimizer; the values are rounded to float. Event files are only appended to, so each run, and each
/// part of a resumed run, has a file of its own in the folder, <c>events.out.tfevents.SECONDS.HOST</c>. It says at which step it starts, and TensorBoard then forgets that
/// step and later ones of earlier files. A report is one write to the operating system and allocates nothing: a process
/// that is killed loses at most the last report. Not thread-safe: one report at a time.
/// </remarks>
public sealed class TensorBoardMetrics : IProgress<StepReport>, IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    /// <summary>TensorBoard sorts names as texts, so the seconds have ten digits, until the year 2286.</summary>
    private const long MaxSeconds = 9_999_999_999;

    private static readonly byte[] ValidationLoss = "val/loss"u8.ToArray();

    private readonly ArrayBufferWriter<byte> message = new(512);
    private readonly ArrayBufferWriter<byte> record = new(512);
    private readonly TensorBoardScalar[] scalars =
    [
        new("train/loss"u8.ToArray(), 0), new("lr"u8.ToArray(), 0), new("grad_norm"u8.ToArray(), 0),
        new("tokens_per_second"u8.ToArray(), 0), new("step_ms"u8.ToArray(), 0), new("optimizer_ms"u8.ToArray(), 0),
        new("skipped_steps"u8.ToArray(), 0),
        // The loss of an evaluation, where there is one, and scalars of the optimizer.
        .. new TensorBoardScalar[1 + NamedScalars.MaxCount],
    ];

    private readonly SafeFileHandle file;
    private readonly string path;
    private readonly TimeProvider clock;
    private ImmutableArray<string> names = [];
    private byte[][] tags = [];
    private long length;

    private TensorBoardMetrics(SafeFileHandle file, string path, TimeProvider clock) =>
        (this.file, this.path, this.clock) = (file, path, clock);

    /// <summary>Starts a file for a run that starts, or that continues after a step.</summary>
    /// <param name="folder">The path of the folder; a missing one is made.</param>
    /// <param name="afterStep">The last step of the state that the run continues; 0 for a run that starts.</param>
    /// <exception cref="IOException">The file cannot be made; the message names the folder and the reason.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static TensorBoardMetrics Open(string folder, long afterStep = 0) =>
        TryOpen(folder, afterStep).OrThrowIOException();

    /// <summary>Starts a file like <see cref="Open"/>; the error says why it cannot.</summary>
    /// <param name="folder">The path of the folder; a missing one is made.</param>
    /// <param name="afterStep">The last step of the state that the run continues; 0 for a run that starts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static Fin<TensorBoardMetrics> TryOpen(string folder, long afterStep = 0) =>
        TryOpen(folder, afterStep, TimeProvider.System);

    internal static Fin<TensorBoardMetrics> TryOpen(string folder, long afterStep, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterStep);
        return FileErrors.Try("start an event file in", folder, () =>
        {
            string path = Path.Combine(Directory.CreateDirectory(folder).FullName, NameIn(folder, clock));
            SafeFileHandle file = File.OpenHandle(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
            TensorBoardMetrics metrics = new(file, path, clock);
            try
            {
                metrics.Start(afterStep + 1);
                return metrics;
            }
            catch
            {
                metrics.Dispose();
                throw;
            }
        });
    }

    /// <summary>Appends an event with the numbers of the report.</summary>
    /// <param name="value">The report.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void Report(StepReport value)
    {
        int count = 0;
        Set(value.Loss);
        Set(value.LearningRate);
        Set(value.GradientNorm);
        Set(value.TokensPerSecond);
        Set(value.StepMilliseconds);
        Set(value.OptimizerMilliseconds);
        Set(value.SkippedSteps);
        if (value.ValidationLoss is { } validationLoss) Add(ValidationLoss, validationLoss);
        NamedScalars own = value.Scalars;
        if (own.Names != names)
            (names, tags) = (own.Names, [.. own.Names.Select(name => Encoding.UTF8.GetBytes($"optimizer/{name}"))]);
        for (int index = 0; index < own.Count; index++) Add(tags[index], own[index]);
        TensorBoardEvent.WriteScalars(message, Now(), value.Step, scalars.AsSpan(0, count));
        Append();

        void Set(double number) => scalars[count] = scalars[count++] with { Value = (float)number };

        void Add(byte[] tag, double number) => scalars[count++] = new(tag, (float)number);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>The path of the event file.</summary>
    public override string ToString() => path;

    private void Start(long step)
    {
        TensorBoardEvent.WriteFileVersion(message, Now());
        Append();
        TensorBoardEvent.WriteStart(message, Now(), step);
        Append();
    }

    /// <summary>Later than every file there, also where the clock was set back: files are read in this order.</summary>
    private static string NameIn(string folder, TimeProvider clock)
    {
        long seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (string earlier in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            ReadOnlySpan<char> rest = Path.GetFileName(earlier.AsSpan())[Prefix.Length..];
            int end = rest.IndexOf('.');
            bool isNumber = long.TryParse(
                end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long of);
            if (isNumber && of < MaxSeconds) seconds = Math.Max(seconds, of + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seconds:D10}.{Environment.MachineName}");
    }

    private void Append()
    {
        record.ResetWrittenCount();
        TensorBoardRecord.Write(record, message.WrittenSpan);
        message.ResetWrittenCount();
        RandomAccess.Write(file, record.WrittenSpan, length);
        length += record.WrittenCount;
    }

    private double Now() => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
}
