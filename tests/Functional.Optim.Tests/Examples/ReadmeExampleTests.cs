using System.Text.RegularExpressions;

namespace Functional.Optim.Tests.Examples;

/// <summary>
/// Every block of C# in a README stands in a file of a folder <c>Examples</c> of the tests, which is compiled, and
/// whose methods or types a test runs, or in a pipeline of the samples. What programs print stands in a snapshot.
/// </summary>
public partial class ReadmeExampleTests
{
    internal static readonly string Root = FindRoot();

    private static readonly string[] Readmes =
    [
        "README.md", "src/README.md", "samples/README.md", "tests/README.md", "CONTRIBUTING.md",
        // Those of the packages.
        .. Directory.GetDirectories(Path.Combine(Root, "src")).Select(folder => Path.Combine(folder, "README.md"))
            .Where(File.Exists).Select(file => Path.GetRelativePath(Root, file)),
    ];

    /// <summary>The files of the folders, without documentation comments.</summary>
    private static readonly Dictionary<string, string> Examples = Directory
        .GetDirectories(Path.Combine(Root, "tests"))
        .Select(project => Path.Combine(project, "Examples")).Where(Directory.Exists)
        .SelectMany(folder => Directory.GetFiles(folder, "*.cs"))
        .ToDictionary(file => file, file => Documentation().Replace(File.ReadAllText(file), ""));

    /// <summary>The pipelines, whose tests compare what each prints.</summary>
    private static readonly string[] Pipelines =
        [.. Directory.GetFiles(Path.Combine(Root, "samples", "Pipelines"), "*.cs").Select(File.ReadAllText)];

    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> blocks = [];
            foreach (string readme in Readmes)
            {
                for (int block = 0; block < BlocksOf(readme).Length; block++) blocks.Add(readme, block);
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_is_in_an_example(string readme, int block)
    {
        string code = BlocksOf(readme)[block];
        Assert.True(
            IsInExample(code),
            $"No file of tests/*/Examples or samples/Pipelines has this block of {readme}:\n{code}");
    }

    [Fact]
    public void A_block_that_is_in_no_example_is_found()
    {
        string code = BlocksOf("README.md").First(block => block.Contains("0.95", StringComparison.Ordinal));
        Assert.True(IsInExample(code));
        Assert.True(IsInExample(code.ReplaceLineEndings("  \n\n ")));
        Assert.False(IsInExample(code.Replace("0.95", "0.96", StringComparison.Ordinal)));
        Assert.False(IsInExample($"using System.Nothing;\n{code}"));
    }

    /// <summary>
    /// What the README says that a program prints is what the tests compare it with: a snapshot, or a text in an example.
    /// </summary>
    [Fact]
    public void A_text_is_what_a_test_expects()
    {
        string[] snapshots =
        [
            .. Directory.GetDirectories(Path.Combine(Root, "tests"), "__snapshots__", SearchOption.AllDirectories)
                .SelectMany(Directory.GetFiles).Select(file => File.ReadAllText(file).ReplaceLineEndings("\n")),
        ];
        Assert.All(
            Readmes.SelectMany(readme => BlocksOf(readme, "text")),
            text => Assert.True(
                IsInExample(text) || snapshots.Any(snapshot => snapshot.Contains(text, StringComparison.Ordinal)),
                text));
    }

    /// <summary>A block of a kind that no test knows would be in no example, and nobody would see it.</summary>
    [Fact]
    public void Blocks_are_of_a_known_kind()
    {
        Assert.All(
            Readmes.SelectMany(readme => Fence().Matches(Text(readme)).Select(match => match.Groups["kind"].Value)),
            // Programs in C and Python are run by the tests of the native library.
            kind => Assert.Contains(kind, (string[])["csharp", "sh", "mermaid", "c", "python", "text"]));
        Assert.True(Blocks.Count >= 8);
    }

    /// <summary>A file of examples has tests, or another file of its project speaks of its type.</summary>
    [Fact]
    public void Every_example_runs() => Assert.All(Examples, example =>
    {
        if (example.Value.Contains("Fact]", StringComparison.Ordinal)) return;
        string name = Path.GetFileNameWithoutExtension(example.Key);
        string project = Path.GetDirectoryName(Path.GetDirectoryName(example.Key))!;
        Assert.Contains(
            Directory.GetFiles(project, "*Tests.cs"),
            file => Regex.IsMatch(File.ReadAllText(file), $@"\b{name}\b"));
    });

    private static bool IsInExample(string block)
    {
        string[] directives = [.. Directive().Matches(block).Select(match => Squeezed(match.Value))];
        string rest = Squeezed(Directive().Replace(block, ""));
        return Examples.Values.Concat(Pipelines).Select(Squeezed).Any(example =>
            example.Contains(rest, StringComparison.Ordinal)
            && directives.All(directive => example.Contains(directive, StringComparison.Ordinal)));
    }

    private static string[] BlocksOf(string readme, string kind = "csharp") =>
    [
        .. Fence().Matches(Text(readme)).Where(match => match.Groups["kind"].Value == kind)
            .Select(match => match.Groups["text"].Value),
    ];

    private static string Text(string readme) => File.ReadAllText(Path.Combine(Root, readme)).ReplaceLineEndings("\n");

    /// <summary>Without white space.</summary>
    private static string Squeezed(string code) =>
        string.Concat(code.Where(character => !char.IsWhiteSpace(character)));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !folder.EnumerateFiles("Functional.Optim.sln").Any()) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above has Functional.Optim.sln.");
    }

    [GeneratedRegex(@"^[ ]*///.*\n", RegexOptions.Multiline)]
    private static partial Regex Documentation();

    [GeneratedRegex(@"^using [^(]*?;.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^```(?<kind>[^\n`]*)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
