using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Experiments;

/// <summary>Runs as JSON: full precision; NaN and the infinities are strings.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A run as an object.</summary>
    public static string Of(ExperimentRun run) => JsonSerializer.Serialize(
        new
        {
            run.Experiment.Name,
            run.Experiment.Section,
            run.Experiment.Idea,
            run.Report.Finding,
            run.Experiment.Errata,
            run.Seed,
            Settings = run.Settings.ToDictionary(setting => setting.Name, setting => setting.Value),
            Tables = run.Report.Tables.Select(table => new
            {
                table.Name,
                table.Title,
                Columns = table.Columns.Select(column => column.Heading),
                Rows = table.Rows.Select(row => row.Select(cell => cell.Value)),
            }),
        },
        Options);
}
