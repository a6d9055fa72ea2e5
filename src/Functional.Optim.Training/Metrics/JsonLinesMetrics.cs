using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// Appends each report to a file of JSON lines: one object a line, with the names of the CSV columns.
/// </summary>
/// <remarks>
/// NaN and infinities are the strings "NaN", "Infinity" and "-Infinity", as JSON has no such numbers; a report without
/// an evaluation has null as its validation loss. Scalars of the optimizer are in an object "scalars". A report is one
/// write to the operating system and allocates nothing: a process that is killed loses at most the last line. Not
/// thread-safe: one report at a time.
/// </remarks>
public sealed class JsonLinesMetrics : IProgress<StepReport>, IDisposable
{
    private static readonly JsonEncodedText Step = JsonEncodedText.Encode("step");
    private static readonly JsonEncodedText Loss = JsonEncodedText.Encode("loss");
    private static readonly JsonEncodedText ValidationLoss = JsonEncodedText.Encode("validationLoss");
    private static readonly JsonEncodedText LearningRate = JsonEncodedText.Encode("learningRate");
    private static readonly JsonEncodedText GradientNorm = JsonEncodedText.Encode("gradientNorm");
    private static readonly JsonEncodedText TokensPerSecond = JsonEncodedText.Encode("tokensPerSecond");
    private static readonly JsonEncodedText Milliseconds = JsonEncodedText.Encode("milliseconds");
    private static readonly JsonEncodedText OptimizerMilliseconds = JsonEncodedText.Encode("optimizerMilliseconds");
    private static readonly JsonEncodedText SkippedSteps = JsonEncodedText.Encode("skippedSteps");
    private static readonly JsonEncodedText TotalSteps = JsonEncodedText.Encode("totalSteps");
    private static readonly JsonEncodedText Remaining = JsonEncodedText.Encode("remaining");
    private static readonly JsonEncodedText Scalars = JsonEncodedText.Encode("scalars");

    private readonly ReportLines lines;
    private readonly ArrayBufferWriter<byte> line = new(512);
    private readonly Utf8JsonWriter json;

    private JsonLinesMetrics(ReportLines lines) => (this.lines, json) = (lines, new(line));

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
    public static JsonLinesMetrics Open(string path, long afterStep = 0) =>
        TryOpen(path, afterStep).OrThrowIOException();

    /// <summary>Opens a file like <see cref="Open"/>; the error says why it cannot.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="afterStep">The last step to keep; 0 replaces the file.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static Fin<JsonLinesMetrics> TryOpen(string path, long afterStep = 0) =>
        ReportLines.Open(path, [], StepOf, afterStep).Map(lines => new JsonLinesMetrics(lines));

    /// <summary>Appends a line.</summary>
    /// <param name="value">The report.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void Report(StepReport value)
    {
        line.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        json.WriteNumber(Step, value.Step);
        Write(Loss, value.Loss);
        if (value.ValidationLoss is { } validationLoss) Write(ValidationLoss, validationLoss);
        else json.WriteNull(ValidationLoss);
        Write(LearningRate, value.LearningRate);
        Write(GradientNorm, value.GradientNorm);
        Write(TokensPerSecond, value.TokensPerSecond);
        Write(Milliseconds, value.StepMilliseconds);
        Write(OptimizerMilliseconds, value.OptimizerMilliseconds);
        json.WriteNumber(SkippedSteps, value.SkippedSteps);
        json.WriteNumber(TotalSteps, value.TotalSteps);
        Span<byte> remaining = stackalloc byte[32];
        value.Remaining.TryFormat(remaining, out int length, default, CultureInfo.InvariantCulture);
        json.WriteString(Remaining, remaining[..length]);
        Write(value.Scalars);
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        lines.Append(line.WrittenSpan);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        json.Reset();
        json.Dispose();
        lines.Dispose();
    }

    /// <summary>The path of the file.</summary>
    public override string ToString() => lines.ToString();

    private static long StepOf(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            long? step = null;
            while (reader.Read())
            {
                if (reader is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }) continue;
                bool isStep = reader.ValueTextEquals("step"u8);
                reader.Read();
                if (isStep && reader is { TokenType: JsonTokenType.Number } && reader.TryGetInt64(out long read))
                    step = read;
            }

            if (step is { } found) return found;
        }
        catch (JsonException)
        {
            // The line is named below.
        }

        throw new InvalidDataException(
            $"it is not a file of metrics: line {number} is '{ReportLines.Show(line)}', not an object with a step");
    }

    private void Write(NamedScalars scalars)
    {
        if (scalars.Count == 0) return;
        json.WriteStartObject(Scalars);
        for (int index = 0; index < scalars.Count; index++)
        {
            json.WritePropertyName(scalars.Names[index]);
            Write(scalars[index]);
        }

        json.WriteEndObject();
    }

    private void Write(JsonEncodedText name, double value)
    {
        json.WritePropertyName(name);
        Write(value);
    }

    private void Write(double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
