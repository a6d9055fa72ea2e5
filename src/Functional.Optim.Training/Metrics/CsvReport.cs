using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Functional.Optim.Training;

/// <summary>A report as a line of comma-separated values, without allocation.</summary>
internal static class CsvReport
{
    /// <summary>
    /// The bytes that a line fits in: eleven values and the scalars, of at most 26 bytes each, with a comma or an end.
    /// </summary>
    internal const int MaxLength = (11 + NamedScalars.MaxCount) * 27;

    private static readonly string[] Columns =
    [
        "step", "loss", "validationLoss", "learningRate", "gradientNorm", "tokensPerSecond", "milliseconds",
        "optimizerMilliseconds", "skippedSteps", "totalSteps", "remaining",
    ];

    private static readonly byte[] FirstLine = Encoding.UTF8.GetBytes(string.Join(',', Columns) + '\n');

    /// <summary>The names of the columns without scalars, with the end of the line.</summary>
    internal static ReadOnlySpan<byte> Header => FirstLine;

    /// <summary>The names of the columns, the scalars last, with the end of the line.</summary>
    /// <param name="scalars">The names of the scalars.</param>
    internal static byte[] HeaderOf(ImmutableArray<string> scalars) =>
        Encoding.UTF8.GetBytes(string.Join(',', [.. Columns, .. scalars.Select(Plain)]) + '\n');

    /// <summary>The scalars of the reports, in the order in which they first occur.</summary>
    internal static ImmutableArray<string> ScalarsOf(IEnumerable<StepReport> reports) =>
        [.. reports.SelectMany(report => report.Scalars.Names).Distinct().Take(NamedScalars.MaxCount)];

    /// <summary>Writes the line with its end. A scalar that a report does not have is empty.</summary>
    /// <param name="report">The report.</param>
    /// <param name="scalars">The names of the columns of scalars.</param>
    /// <param name="line">Receives the line.</param>
    /// <returns>The number of bytes.</returns>
    internal static int Format(in StepReport report, ImmutableArray<string> scalars, Span<byte> line)
    {
        int length = 0;
        Add(report.Step, line, ref length);
        Add(report.Loss, line, ref length);
        AddOrNothing(report.ValidationLoss, line, ref length);
        Add(report.LearningRate, line, ref length);
        Add(report.GradientNorm, line, ref length);
        Add(report.TokensPerSecond, line, ref length);
        Add(report.StepMilliseconds, line, ref length);
        Add(report.OptimizerMilliseconds, line, ref length);
        Add(report.SkippedSteps, line, ref length);
        Add(report.TotalSteps, line, ref length);
        Add(report.Remaining, line, ref length);
        foreach (string scalar in scalars) AddOrNothing(report.Scalars.Find(scalar), line, ref length);
        line[length - 1] = (byte)'\n';
        return length;
    }

    /// <summary>Reads the reports of all complete lines.</summary>
    /// <exception cref="InvalidDataException">It is not such a file; the message names the line and the
    /// value.</exception>
    internal static ImmutableArray<StepReport> ReadAll(Stream file)
    {
        ImmutableArray<StepReport>.Builder reports = ImmutableArray.CreateBuilder<StepReport>();
        ImmutableArray<string> scalars = [];
        long lines = 0;
        ReportLines.Read(file, (line, number) =>
        {
            lines = number;
            if (number == 1) scalars = ReadHeader(line);
            else reports.Add(Parse(line, number, scalars));
            return true;
        });
        return lines > 0
            ? reports.DrainToImmutable()
            : throw new InvalidDataException("it is not a file of metrics: it has no line of column names");
    }

    /// <summary>The step of a line after that of the column names.</summary>
    /// <exception cref="InvalidDataException">It is no such line.</exception>
    internal static long StepOf(ReadOnlySpan<byte> line, long number, ImmutableArray<string> scalars) =>
        Parse(line, number, scalars).Step;

    /// <summary>The names of the scalars in the line of column names.</summary>
    /// <exception cref="InvalidDataException">It is no such line.</exception>
    internal static ImmutableArray<string> ReadHeader(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> fixedColumns = Header[..^1];
        if (line.SequenceEqual(fixedColumns)) return [];
        if (line.StartsWith(fixedColumns) && line[fixedColumns.Length] == (byte)','
            && Encoding.UTF8.GetString(line[(fixedColumns.Length + 1)..]).Split(',') is
                { Length: <= NamedScalars.MaxCount } scalars)
            return [.. scalars];
        throw new InvalidDataException(
            $"it is not a file of metrics: line 1 is '{ReportLines.Show(line)}', not {string.Join(',', Columns)}");
    }

    /// <summary>A name that stands in a line without quotes.</summary>
    private static string Plain(string name) =>
        string.Concat(name.Select(letter => letter is ',' or '"' || char.IsControl(letter) ? '_' : letter));

    private static void AddOrNothing(double? value, Span<byte> line, ref int length)
    {
        if (value is { } number) Add(number, line, ref length);
        else line[length++] = (byte)',';
    }

    private static void Add<TValue>(TValue value, Span<byte> line, ref int length)
        where TValue : struct, IUtf8SpanFormattable
    {
        value.TryFormat(line[length..], out int written, default, CultureInfo.InvariantCulture);
        length += written;
        line[length++] = (byte)',';
    }

    private static StepReport Parse(ReadOnlySpan<byte> line, long number, ImmutableArray<string> scalars)
    {
        int commas = line.Count((byte)','), columns = Columns.Length + scalars.Length;
        if (commas != columns - 1)
        {
            throw new InvalidDataException(
                $"line {number} is '{ReportLines.Show(line)}', of {commas + 1} values instead of {columns}");
        }

        Values values = new(line, number, scalars);
        long step = values.Integer();
        double loss = values.Real();
        double? validationLoss = values.RealOrNone();
        double learningRate = values.Real(), gradientNorm = values.Real(), tokensPerSecond = values.Real(),
            milliseconds = values.Real(), optimizerMilliseconds = values.Real();
        long skippedSteps = values.Integer(), totalSteps = values.Integer();
        return new(
            step, totalSteps, loss, learningRate, gradientNorm, tokensPerSecond, values.Duration(), validationLoss,
            milliseconds, optimizerMilliseconds, skippedSteps)
        {
            Scalars = values.Scalars(),
        };
    }

    /// <summary>Takes the values of a line in turn.</summary>
    private ref struct Values(ReadOnlySpan<byte> line, long number, ImmutableArray<string> scalars)
    {
        private readonly long number = number;
        private readonly ImmutableArray<string> scalars = scalars;
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

        /// <summary>The scalars that have a value.</summary>
        internal NamedScalars Scalars()
        {
            Span<double> read = stackalloc double[NamedScalars.MaxCount];
            ImmutableArray<string> names = scalars;
            int count = 0;
            foreach (string name in scalars)
            {
                if (RealOrNone() is { } value) read[count++] = value;
                else names = names.Remove(name);
            }

            return NamedScalars.Of(names, read[..count]);
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
            $"line {number} has '{ReportLines.Show(value)}' as "
            + $"{(column > Columns.Length ? scalars[column - 1 - Columns.Length] : Columns[column - 1])}; it must be "
            + expected);
    }
}
