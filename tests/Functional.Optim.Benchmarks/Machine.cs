using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Environments;

namespace Functional.Optim.Benchmarks;

/// <summary>Where something is measured.</summary>
/// <param name="Processor">The processor, as it names itself.</param>
/// <param name="Cores">The number of cores that this program may use.</param>
/// <param name="VectorBits">The length of its longest vectors.</param>
/// <param name="System">The operating system.</param>
/// <param name="Sdk">The version of the SDK.</param>
/// <param name="Runtime">The version of the runtime.</param>
/// <param name="Load">
/// The mean number of threads that ran or waited for a core in the minute before, where the system tells it.
/// </param>
internal sealed partial record Machine(
    string Processor, int Cores, int VectorBits, string System, string Sdk, string Runtime, double? Load)
{
    /// <summary>This machine.</summary>
    internal static Machine Current
    {
        get
        {
            HostEnvironmentInfo host = HostEnvironmentInfo.GetCurrent();
            return new(
                host.Cpu.Value?.ProcessorName?.Trim() is { Length: > 0 } name ? name : "unknown processor",
                Environment.ProcessorCount,
                Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
                RuntimeInformation.OSDescription,
                host.DotNetSdkVersion.Value,
                Environment.Version.ToString(),
                LoadBefore());
        }
    }

    /// <summary>The processor as the name of a file: lower case, with hyphens.</summary>
    internal string FileName =>
        string.Join('-', WordsOfNames().Matches(Processor.ToLowerInvariant())) is { Length: > 0 } name
            ? name
            : "unknown-processor";

    /// <summary>When, where and how something was measured, in Markdown.</summary>
    /// <param name="command">The arguments after the name of the program.</param>
    /// <param name="date">The day.</param>
    internal string Describe(string command, DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"""
        Measured on {date:yyyy-MM-dd} and written by

        ```sh
        {command}
        ```

        on {Processor}, {Cores} {(Cores == 1 ? "core" : "cores")}, vectors of {VectorBits} bits; {Software}.
        """);

    private string Software => string.Create(CultureInfo.InvariantCulture, $"{System}; SDK {Sdk}, .NET {Runtime}")
        + (Load is { } threads ? string.Create(CultureInfo.InvariantCulture, $"; load before {threads:0.0}") : "");

    private static double? LoadBefore()
    {
        const string linux = "/proc/loadavg";
        return File.Exists(linux)
            ? double.Parse(File.ReadAllText(linux).Split(' ')[0], CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex WordsOfNames();
}
