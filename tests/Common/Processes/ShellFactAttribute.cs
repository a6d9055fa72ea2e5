namespace Functional.Optim.Tests.Processes;

/// <summary>A test by lines of a shell, which is skipped where there is none, or not a device that it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellFactAttribute : FactAttribute
{
    /// <param name="device">A device, such as "/dev/full"; empty for none.</param>
    public ShellFactAttribute(string device = "") => Skip = Lacks(device);

    /// <summary>Why there is no shell here, or not the device; <see langword="null"/> where there is.</summary>
    internal static string? Lacks(string device) =>
        OperatingSystem.IsWindows() ? "Windows has no such shell, and no signal to interrupt another program with."
        : device.Length > 0 && !File.Exists(device) ? $"This system has no {device}."
        : null;
}
