using System.Diagnostics;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>A test that mounts a small file system of its own, which is skipped where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MountFactAttribute : FactAttribute
{
    /// <summary>Runs a line of a shell, quoted, where it may mount.</summary>
    internal const string Shell = "unshare --map-root-user --mount sh -c";

    public MountFactAttribute() => Skip = ShellFactAttribute.Lacks("/proc/self/ns/mnt")
        ?? (MayMount() ? null : "This system does not let the test mount a file system.");

    private static bool MayMount()
    {
        using Process process = Process.Start(
            "sh", ["-c", $"{Shell} 'mount -t tmpfs -o size=100k tmpfs /tmp' 2>/dev/null"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
