using System.Globalization;
using CommandLine;
using Functional.Optim.Training;
using LanguageExt;

namespace MiniGpt;

/// <summary>
/// Looks for a learning rate: a sweep from the start of a run, its table, its picture and a suggestion.
/// </summary>
public static class RateSearch
{
    /// <summary>Runs the search. The result is the exit code.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The folder of the table and the picture.</param>
    /// <param name="cancellation">Ends the search with what it has found.</param>
    public static int Run(TrainingRun run, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        RateSweep sweep = run.FindRate(cancellation);
        Console.Out.WriteLine("learning rate        loss    smoothed");
        foreach (RatePoint point in sweep.Points)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{point.Rate,13:0.00e0}  {point.Loss,10:0.0000}  {point.SmoothedLoss,10:0.0000}"));
        }

        Console.Out.WriteLine(sweep.Suggestion is { } rate
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"\nthe loss falls fastest at {rate:0.0e0}, and is lowest at {sweep.RateOfLowest:0.0e0}: try "
                + $"--learning-rate {rate:0.0e0}")
            : "\nthe loss falls at no rate of the sweep");
        int code = cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;
        foreach (Fin<string> file in RunFiles.Write(folder, sweep))
        {
            file.Match(
                Succ: path => Console.Out.WriteLine($"written     {path}"),
                Fail: error =>
                {
                    Console.Error.WriteErrorLine(error.Message);
                    code = ExitCode.Failure;
                });
        }

        return code;
    }
}
