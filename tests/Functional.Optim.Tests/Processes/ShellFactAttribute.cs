namespace Functional.Optim.Tests.Processes;

/// <summary>A test by lines of a shell, which is skipped where there is none, or not a device that it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellFactAttribute : FactAttribute
{
    /// <param name="device">A device, such as "/dev/full"; empty for none.</param>
    public ShellFactAttribute(string device = "")
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no such shell.";
        else if (device.Length > 0 && !File.Exists(device)) Skip = $"This system has no {device}.";
    }
}
