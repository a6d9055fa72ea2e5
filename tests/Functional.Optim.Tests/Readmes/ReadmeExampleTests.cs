using System.Text.RegularExpressions;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Tests.Readmes;

/// <summary>
/// Every block of C# in a README stands in a file beside a guide or in a folder <c>Examples</c> of the tests, which is
/// compiled, and whose methods or types a test runs, or in a pipeline of the samples. What programs print stands in
/// such a file too, or in a snapshot.
/// </summary>
public partial class ReadmeExampleTests
{
    /// <summary>The files, without documentation comments.</summary>
    private static readonly Dictionary<string, string> Examples = Directory
        .GetDirectories(Path.Combine(Repository.Root, "tests"))
        .Select(project => Path.Combine(project, "Examples")).Where(Directory.Exists)
        .Concat(Directory.GetDirectories(Path.Combine(Repository.Root, "samples", "Guides")))
        .SelectMany(folder => Directory.GetFiles(folder, "*.cs"))
        .ToDictionary(file => file, file => Documentation().Replace(File.ReadAllText(file), ""));

    /// <summary>The pipelines, whose tests compare what each prints.</summary>
    private static readonly string[] Pipelines =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples", "Pipelines"), "*.cs").Select(File.ReadAllText)];

    public static TheoryData<string, int> Blocks
    {
        get
        {
            TheoryData<string, int> blocks = [];
            foreach (string readme in Repository.Pages)
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
            $"No file of tests/*/Examples, samples/Guides or samples/Pipelines has this block of {readme}:\n{code}");
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

    /// <summary>What the README says that a program prints is what the tests compare it with.</summary>
    [Fact]
    public void A_text_is_in_a_snapshot_or_an_example()
    {
        string[] snapshots =
        [
            .. Directory.GetDirectories(
                    Path.Combine(Repository.Root, "tests"), "__snapshots__", SearchOption.AllDirectories)
                .SelectMany(Directory.GetFiles).Select(file => File.ReadAllText(file).ReplaceLineEndings("\n")),
        ];
        Assert.All(
            Repository.Pages.SelectMany(readme => BlocksOf(readme, "text")),
            text => Assert.True(
                snapshots.Any(snapshot => snapshot.Contains(text, StringComparison.Ordinal)) || IsInExample(text),
                text));
    }

    /// <summary>A block of a kind that no test knows would be in no example, and nobody would see it.</summary>
    [Fact]
    public void Blocks_are_of_a_known_kind()
    {
        Assert.All(
            Repository.Pages.SelectMany(
                readme => Fence().Matches(Repository.Text(readme)).Select(match => match.Groups["kind"].Value)),
            // Programs in C and Python are run by the tests of the native library; what a guide shows of another
            // library is not run.
            kind => Assert.Contains(kind, (string[])["csharp", "text", "sh", "mermaid", "c", "python"]));
        Assert.True(Blocks.Count >= 40);
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
        .. Fence().Matches(Repository.Text(readme)).Where(match => match.Groups["kind"].Value == kind)
            .Select(match => match.Groups["text"].Value),
    ];

    /// <summary>
    /// Without white space, and with private members as they are written in the file of a program: without modifiers.
    /// </summary>
    private static string Squeezed(string code) => string.Concat(
        Modifiers().Replace(code, "").Where(character => !char.IsWhiteSpace(character)));

    [GeneratedRegex(@"\bprivate (static readonly )?")]
    private static partial Regex Modifiers();

    [GeneratedRegex(@"^[ ]*///.*\n", RegexOptions.Multiline)]
    private static partial Regex Documentation();

    [GeneratedRegex(@"^using [^(]*?;.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^```(?<kind>[^\n`]*)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
