namespace Functional.Optim.Native.Tests;

/// <summary>Where the files of the repository are.</summary>
internal static class Repository
{
    internal static string Root { get; } = RootAbove(AppContext.BaseDirectory);

    internal static string Library => Path.Combine(Root, "src", "Functional.Optim.Native");

    private static string RootAbove(string folder) => File.Exists(Path.Combine(folder, "Functional.Optim.sln"))
        ? folder
        : RootAbove(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No repository."));
}
