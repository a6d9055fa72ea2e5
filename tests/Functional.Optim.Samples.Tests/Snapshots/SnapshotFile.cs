using System.Runtime.CompilerServices;
using Snapshooter;
using Snapshooter.Xunit;

namespace Functional.Optim.Samples.Tests.Snapshots;

/// <summary>
/// Texts kept beside the tests that make them. A text that is new is written; one that differs fails, with the new text
/// beside the old. Where <c>CI</c> is set a missing one fails too.
/// </summary>
internal static class SnapshotFile
{
    static SnapshotFile()
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", "true");
    }

    /// <summary>
    /// Compares a text with the one kept under a name in <c>__snapshots__</c> beside the calling test.
    /// </summary>
    internal static void Match(string text, string name, [CallerFilePath] string caller = "") =>
        Snapshot.Match(text, new SnapshotFullName($"{name}.md", Path.GetDirectoryName(caller)!));
}
