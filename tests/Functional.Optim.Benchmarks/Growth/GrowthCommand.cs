using System.CommandLine;
using CommandLine;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>Measures how the time of a step grows with the parameters, and with the sizes of a model.</summary>
internal static class GrowthCommand
{
    /// <summary>The word on the command line that selects this command.</summary>
    internal const string Word = "growth";

    private const int DefaultRounds = 11, MaxRounds = 1000;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments after the word.</param>
    /// <param name="output">Where the tables are written.</param>
    /// <param name="error">Where errors are written.</param>
    /// <returns>The exit code.</returns>
    internal static Task<int> Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        Option<int?> rounds = CheckedOption.Number<int>(
            "--rounds", $"Number of turns at each size [default: {DefaultRounds}]",
            $"an integer from 1 to {MaxRounds}", static value => value is >= 1 and <= MaxRounds);
        Option<string?> folder = MeasuredFile.Folder("<processor>-growth.md and .png");
        RootCommand root = new("Measures AdamW from 1,024 to 268,435,456 parameters, as far as half of the memory is "
            + "enough, and a step of the nano preset of MiniGpt at several widths and contexts.")
        {
            rounds, folder,
        };
        root.SetAction(parsed =>
        {
            MeasuredFile.Prepare(parsed.GetValue(folder));
            Measure(
                parsed.GetValue(rounds) ?? DefaultRounds, output, parsed.GetValue(folder),
                MeasuredFile.CommandOf([Word, .. arguments]));
        });
        return new CheckedCommand(root, output, error, UnknownArguments.ErrorsOf).InvokeAsync(arguments);
    }

    private static void Measure(int rounds, TextWriter output, string? folder, string command)
    {
        Machine? machine = folder is null ? null : Machine.Current;
        GrowthPanel[] panels =
            [AdamWGrowth.Measure(rounds), NanoGrowth.OverWidths(rounds), NanoGrowth.OverContexts(rounds)];
        output.Write(GrowthFile.Tables(panels));
        if (machine is null) return;
        MeasuredFile.Write(folder!, GrowthFile.PictureOf(machine), GrowthPlot.Png(panels));
        MeasuredFile.Write(
            folder!, $"{machine.FileName}-growth.md",
            GrowthFile.Page(machine, DateOnly.FromDateTime(DateTime.Today), command, panels));
    }
}
