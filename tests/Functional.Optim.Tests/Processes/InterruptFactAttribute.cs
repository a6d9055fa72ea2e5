using System.Globalization;

namespace Functional.Optim.Tests.Processes;

/// <summary>
/// A test that interrupts a program, which is skipped where that cannot be: on Windows, which has no such signal, and in a job that a
/// shell started in the background, whose programs ignore it from birth.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InterruptFactAttribute : FactAttribute
{
    private const string StatusFile = "/proc/self/status", IgnoredSignals = "SigIgn:";
    private const int InterruptSignal = 2;

    public InterruptFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no signal to interrupt another program with.";
        else if (IsIgnored()) Skip = "This job ignores the signal of Ctrl+C, and so do the programs it starts.";
    }

    private static bool IsIgnored()
    {
        if (!File.Exists(StatusFile)) return false;
        string ignored = File.ReadLines(StatusFile).First(line => line.StartsWith(IgnoredSignals, StringComparison.Ordinal))[IgnoredSignals.Length..];
        return (ulong.Parse(ignored.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (InterruptSignal - 1) & 1) != 0;
    }
}
