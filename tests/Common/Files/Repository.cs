namespace Functional.Optim.Tests.Files;

/// <summary>Where the files of the repository are.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    internal static string Root { get; } = RootAbove(AppContext.BaseDirectory);

    /// <summary>The pages of documentation, as paths from the root.</summary>
    internal static string[] Pages { get; } =
    [
        .. Directory.GetFiles(Root, "*.md").Concat(
            from folder in (string[])["src", "samples", "tests"]
            from page in Directory.GetFiles(Path.Combine(Root, folder), "README.md", SearchOption.AllDirectories)
            where !page.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}")
            select page).Select(page => Path.GetRelativePath(Root, page).Replace('\\', '/')).Order(),
    ];

    /// <summary>A file as text, with line feeds only.</summary>
    /// <param name="path">The path from the root.</param>
    internal static string Text(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string RootAbove(string folder) => File.Exists(Path.Combine(folder, "Functional.Optim.sln"))
        ? folder
        : RootAbove(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No repository."));
}
