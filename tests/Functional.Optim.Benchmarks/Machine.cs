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
internal sealed partial record Machine(
    string Processor, int Cores, int VectorBits, string System, string Sdk, string Runtime)
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
                Environment.Version.ToString());
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

        on {Processor}, {Cores} {(Cores == 1 ? "core" : "cores")}, vectors of {VectorBits} bits; {System}; SDK {Sdk}, .NET {Runtime}.
        """);

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex WordsOfNames();
}
