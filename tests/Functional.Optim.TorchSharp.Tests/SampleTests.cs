using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Functional.Optim.TorchSharp.Tests;

/// <summary>The sample as a process.</summary>
public sealed partial class SampleTests
{
    [TorchFact]
    public void Both_optimizers_come_to_the_same_losses()
    {
        (int code, string output, string error) = Run();
        Assert.Equal((0, ""), (code, error));
        (double Theirs, double Ours)[] losses =
        [
            .. Losses().Matches(output).Select(line => (Number(line.Groups[1].Value), Number(line.Groups[2].Value))),
        ];
        Assert.Equal(7, losses.Length);
        Assert.All(losses, pair => Assert.Equal(pair.Theirs, pair.Ours, 1e-5));
        Assert.True(losses[^1].Ours < losses[0].Ours / 10);
        Assert.Contains("µs", output, StringComparison.Ordinal);

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [TorchFact]
    public void An_unknown_option_is_named()
    {
        (int code, _, string error) = Run("sped");
        Assert.Equal(2, code);
        Assert.Equal("'sped' is no option; allowed is nothing, for the training, or 'speed'.", error.Trim());
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "TorchSharpSample.dll");
        ProcessStartInfo start = new("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Threads that wait for work would keep the other tests from theirs.
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [GeneratedRegex(@"^ *\d+ +(\d\.\d{7}) +(\d\.\d{7})$", RegexOptions.Multiline)]
    private static partial Regex Losses();
}
