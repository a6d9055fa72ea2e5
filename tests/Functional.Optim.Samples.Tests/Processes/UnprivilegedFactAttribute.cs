namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>
/// A test of permissions, which is skipped where there are none: on Windows, which has others, and for
/// root, who may do anything.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has other permissions.";
        else if (Environment.IsPrivilegedProcess) Skip = "Root may write everywhere.";
    }
}
