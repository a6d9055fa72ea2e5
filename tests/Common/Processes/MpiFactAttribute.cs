namespace Functional.Optim.Tests.Processes;

/// <summary>A test of several processes, which is skipped where MPICH is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiFactAttribute : FactAttribute
{
    /// <summary>The program that starts several processes.</summary>
    public const string Starter = "mpiexec.mpich";

    public MpiFactAttribute() => Skip = Lacks;

    /// <summary>Why no processes can be started here; <see langword="null"/> where they can.</summary>
    public static string? Lacks { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Starter)))
            ? null
            : $"There is no {Starter} here (Debian and Ubuntu: apt-get install mpich).";
}
