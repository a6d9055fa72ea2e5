using System.Diagnostics;

namespace Functional.Optim.Mpi.Tests.Processes;

/// <summary>The program of ranks, as its users start it.</summary>
internal static class RankProgram
{
    /// <summary>Within what a job ends of which a rank has gone.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs some ranks to their end.</summary>
    internal static Outcome Run(int ranks, string argument, params (string Name, string Value)[] environment) =>
        ToEnd(new(MpiFactAttribute.Starter, ["-n", $"{ranks}", "dotnet", Library, argument]), environment);

    /// <summary>Runs the program by itself.</summary>
    internal static Outcome RunAlone(string argument, params (string Name, string Value)[] environment) =>
        ToEnd(new("dotnet", [Library, argument]), environment);

    private static string Library => Path.Combine(AppContext.BaseDirectory, "Functional.Optim.Mpi.Ranks.dll");

    private static Outcome ToEnd(ProcessStartInfo start, (string Name, string Value)[] environment)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(),
                error = process.StandardError.ReadToEndAsync();
            Assert.True(process.WaitForExit(Limit), $"{string.Join(' ', start.ArgumentList)} goes on after {Limit}");
            return new(process.ExitCode, Lines(output.Result), Lines(error.Result));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string[] Lines(string text) =>
        text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How a run ended, and what all its ranks wrote.</summary>
    internal sealed record Outcome(int Code, string[] Output, string[] Error);
}
