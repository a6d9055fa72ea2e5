using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Functional.Optim.Training;

/// <summary>A report as a line of comma-separated values, without allocation.</summary>
internal static class CsvReport
{
    /// <summary>
    /// The bytes that a line fits in: eleven values of at most 26 bytes, with a comma or an end each.
    /// </summary>
    internal const int MaxLength = 11 * 27;

    private static readonly string[] Columns =
    [
        "step", "loss", "validationLoss", "learningRate", "gradientNorm", "tokensPerSecond", "milliseconds",
        "optimizerMilliseconds", "skippedSteps", "totalSteps", "remaining",
    ];

    private static readonly byte[] FirstLine = Encoding.UTF8.GetBytes(string.Join(',', Columns) + '\n');

    /// <summary>The names of the columns, with the end of the line.</summary>
    internal static ReadOnlySpan<byte> Header => FirstLine;

    /// <summary>Writes the line with its end.</summary>
    /// <returns>The number of bytes.</returns>
    internal static int Format(in StepReport report, Span<byte> line)
    {
        int length = 0;
        Add(report.Step, line, ref length);
        Add(report.Loss, line, ref length);
        if (report.ValidationLoss is { } validationLoss) Add(validationLoss, line, ref length);
        else line[length++] = (byte)',';
        Add(report.LearningRate, line, ref length);
        Add(report.GradientNorm, line, ref length);
        Add(report.TokensPerSecond, line, ref length);
        Add(report.StepMilliseconds, line, ref length);
        Add(report.OptimizerMilliseconds, line, ref length);
        Add(report.SkippedSteps, line, ref length);
        Add(report.TotalSteps, line, ref length);
        Add(report.Remaining, line, ref length);
        line[length - 1] = (byte)'\n';
        return length;
    }

    /// <summary>Reads the reports of all complete lines.</summary>
    /// <exception cref="InvalidDataException">It is not such a file; the message names the line and the
    /// value.</exception>
    internal static ImmutableArray<StepReport> ReadAll(Stream file)
    {
        ImmutableArray<StepReport>.Builder reports = ImmutableArray.CreateBuilder<StepReport>();
        long lines = 0;
        ReportLines.Read(file, (line, number) =>
        {
            lines = number;
            if (number == 1) RequireHeader(line);
            else reports.Add(Parse(line, number));
            return true;
        });
        return lines > 0
            ? reports.DrainToImmutable()
            : throw new InvalidDataException("it is not a file of metrics: it has no line of column names");
    }

    /// <summary>The step of a line; 0 for the line of column names.</summary>
    /// <exception cref="InvalidDataException">It is no such line.</exception>
    internal static long StepOf(ReadOnlySpan<byte> line, long number)
    {
        if (number > 1) return Parse(line, number).Step;
        RequireHeader(line);
        return 0;
    }

    private static void Add<TValue>(TValue value, Span<byte> line, ref int length)
        where TValue : struct, IUtf8SpanFormattable
    {
        value.TryFormat(line[length..], out int written, default, CultureInfo.InvariantCulture);
        length += written;
        line[length++] = (byte)',';
    }

    private static void RequireHeader(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual(Header[..^1])) return;
        throw new InvalidDataException(
            $"it is not a file of metrics: line 1 is '{ReportLines.Show(line)}', not {string.Join(',', Columns)}");
    }

    private static StepReport Parse(ReadOnlySpan<byte> line, long number)
    {
        int commas = line.Count((byte)',');
        if (commas != Columns.Length - 1)
        {
            throw new InvalidDataException(
                $"line {number} is '{ReportLines.Show(line)}', of {commas + 1} values instead of {Columns.Length}");
        }

        Values values = new(line, number);
        long step = values.Integer();
        double loss = values.Real();
        double? validationLoss = values.RealOrNone();
        double learningRate = values.Real(), gradientNorm = values.Real(), tokensPerSecond = values.Real(),
            milliseconds = values.Real(), optimizerMilliseconds = values.Real();
        long skippedSteps = values.Integer(), totalSteps = values.Integer();
        return new(
            step, totalSteps, loss, learningRate, gradientNorm, tokensPerSecond, values.Duration(), validationLoss,
            milliseconds, optimizerMilliseconds, skippedSteps);
    }

    /// <summary>Takes the values of a line in turn.</summary>
    private ref struct Values(ReadOnlySpan<byte> line, long number)
    {
        private readonly long number = number;
        private ReadOnlySpan<byte> rest = line;
        private int column;

        internal long Integer()
        {
            ReadOnlySpan<byte> value = Next();
            return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long read)
                ? read
                : throw Unexpected(value, "an integer");
        }

        internal double Real() => RealOrNone() ?? throw Unexpected(default, "a number");

        internal double? RealOrNone()
        {
            ReadOnlySpan<byte> value = Next();
            if (value.IsEmpty) return null;
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double read)
                ? read
                : throw Unexpected(value, "a number");
        }

        internal TimeSpan Duration()
        {
            ReadOnlySpan<byte> value = Next();
            return Utf8Parser.TryParse(value, out TimeSpan read, out int consumed, 'c') && consumed == value.Length
                ? read
                : throw Unexpected(value, "a duration such as 00:01:30");
        }

        private ReadOnlySpan<byte> Next()
        {
            int end = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> value = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            column++;
            return value;
        }

        private readonly InvalidDataException Unexpected(ReadOnlySpan<byte> value, string expected) => new(
            $"line {number} has '{ReportLines.Show(value)}' as {Columns[column - 1]}; it must be {expected}");
    }
}
