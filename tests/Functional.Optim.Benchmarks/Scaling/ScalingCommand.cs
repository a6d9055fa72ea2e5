using System.CommandLine;
using System.Globalization;
using CommandLine;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Scaling;

/// <summary>
/// Simulates how training scales over machines, from latency, bandwidth and the bytes that are really sent.
/// </summary>
internal static class ScalingCommand
{
    /// <summary>The word on the command line that selects this command.</summary>
    internal const string Word = "scaling";

    private const int MaxMachines = 64;
    private const int NanoParameters = 804_096, MaxParameters = 500_000_000;
    private const double NanoStepMilliseconds = 40, EthernetMicroseconds = 20;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments after the word.</param>
    /// <returns>The exit code.</returns>
    internal static Task<int> Run(IReadOnlyList<string> arguments)
    {
        Option<int?> parameters = CheckedOption.Number<int>(
            "--parameters", $"Number of parameters of the model [default: {NanoParameters}]",
            $"an integer from 1 to {MaxParameters}", static value => value is >= 1 and <= MaxParameters);
        Option<double?> step = Positive(
            "--step-ms", $"Milliseconds of a step on one machine [default: {NanoStepMilliseconds}]");
        Option<double?> latency = Positive(
            "--latency-us", $"Microseconds until a message arrives [default: {EthernetMicroseconds}]");
        Option<double?> bandwidth = Positive("--gbits", "Gbit/s of the network of a machine [default: 10 and 100]");
        RootCommand root = new("Simulates the time of a data-parallel step on 1 to 64 machines of one process each.")
        {
            parameters, step, latency, bandwidth,
        };
        root.SetAction(parsed => Show(
            parsed.GetValue(parameters) ?? NanoParameters,
            parsed.GetValue(step) ?? NanoStepMilliseconds,
            parsed.GetValue(latency) ?? EthernetMicroseconds,
            parsed.GetValue(bandwidth) is { } given ? [given] : [10, 100]));
        return new CheckedCommand(root, Console.Out, Console.Error, UnknownArguments.ErrorsOf).InvokeAsync(arguments);
    }

    private static Option<double?> Positive(string name, string description) => CheckedOption.Number<double>(
        name, description, "a finite number above 0", static value => double.IsFinite(value) && value > 0);

    private static int Show(int parameters, double stepMilliseconds, double latencyMicroseconds, double[] gigabits)
    {
        Table table = MarkdownTable.Of(
        [
            "machines", "MB sent", "rounds",
            .. gigabits.SelectMany(of => (string[])[Text($"ms at {of} Gbit/s"), "efficiency"]),
        ]);
        for (int machines = 1; machines <= MaxMachines; machines *= 2)
        {
            StepTraffic traffic = StepTraffic.Of(parameters, machines);
            List<string> row =
                [Text($"{machines}"), Text($"{traffic.BytesSent / 1e6:0.00}"), Text($"{traffic.Rounds}")];
            foreach (double of in gigabits)
            {
                double milliseconds = (stepMilliseconds / machines) + (traffic.Rounds * latencyMicroseconds / 1e3)
                    + (traffic.BytesSent * 8 / (of * 1e6));
                row.Add(Text($"{milliseconds:0.00}"));
                row.Add(Text($"{stepMilliseconds / (machines * milliseconds):0.00}"));
            }

            table.AddTexts(row);
        }

        Console.Write(table.ToMarkdown());
        return 0;
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
