using System.CommandLine;
using CommandLine;

namespace Functional.Optim.Benchmarks.Profile;

/// <summary>Measures where a step of a model spends its time.</summary>
internal static class ProfileCommand
{
    /// <summary>The word on the command line that selects this command.</summary>
    internal const string Word = "profile";

    private const int DefaultRounds = 21, MaxRounds = 1000;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments after the word.</param>
    /// <param name="output">Where the table is written.</param>
    /// <param name="error">Where errors are written.</param>
    /// <returns>The exit code.</returns>
    internal static Task<int> Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        Option<int?> rounds = CheckedOption.Number<int>(
            "--rounds", $"Number of turns of each part [default: {DefaultRounds}]",
            $"an integer from 1 to {MaxRounds}", static value => value is >= 1 and <= MaxRounds);
        Option<string?> folder = MeasuredFile.Folder("<processor>-profile.md");
        RootCommand root = new("Measures the parts of a step of the nano preset of MiniGpt: operations forward and "
            + "backward, clip and AdamW.")
        {
            rounds, folder,
        };
        root.SetAction(parsed =>
        {
            string? results = parsed.GetValue(folder);
            MeasuredFile.Prepare(results);
            Machine? machine = results is null ? null : Machine.Current;
            IReadOnlyList<ProfilePart> parts = NanoProfile.Measure(parsed.GetValue(rounds) ?? DefaultRounds);
            output.Write(ProfileFile.Table(parts));
            if (machine is null) return;
            string page = ProfileFile.Page(
                machine, DateOnly.FromDateTime(DateTime.Today), MeasuredFile.CommandOf([Word, .. arguments]), parts);
            MeasuredFile.Write(results!, $"{machine.FileName}-profile.md", page);
        });
        return new CheckedCommand(root, output, error, UnknownArguments.ErrorsOf).InvokeAsync(arguments);
    }
}
