using System.Globalization;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>
/// A test that sends a program a signal, which is skipped where that cannot be: on Windows, which has none to send, and
/// in a job whose programs ignore it from birth, such as one that a shell started in the background, or nohup.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InterruptFactAttribute : FactAttribute
{
    private const string StatusFile = "/proc/self/status", IgnoredSignals = "SigIgn:";

    /// <summary>The signals by their numbers, which are the same on every system that has them.</summary>
    private static readonly Dictionary<string, int> Numbers =
        new() { ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["TERM"] = 15 };

    /// <param name="signal">The signal, as the kill command names it.</param>
    /// <param name="device">A device that the test needs, such as "/dev/full"; empty for none.</param>
    public InterruptFactAttribute(string signal = "INT", string device = "")
    {
        if (ShellFactAttribute.Lacks(device) is { } reason) Skip = reason;
        else if (IsIgnored(Numbers[signal])) Skip = $"This job ignores SIG{signal}, and so do the programs it starts.";
    }

    private static bool IsIgnored(int signal)
    {
        if (!File.Exists(StatusFile)) return false;
        string ignored = File.ReadLines(StatusFile)
            .First(line => line.StartsWith(IgnoredSignals, StringComparison.Ordinal))[IgnoredSignals.Length..];
        return (ulong.Parse(ignored.Trim(), NumberStyles.HexNumber,
            CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }
}
