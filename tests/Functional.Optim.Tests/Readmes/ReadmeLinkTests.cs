using Functional.Optim.Tests.Files;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Functional.Optim.Tests.Readmes;

/// <summary>Every link of a README to a file or a heading leads there.</summary>
public class ReadmeLinkTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub).Build();

    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_leads_to_a_file_or_a_heading(string page) => Assert.Empty(Broken(page, Repository.Text(page)));

    [Fact]
    public void A_broken_link_is_found()
    {
        Assert.Equal(["src/Nothing.cs"], Broken("README.md", "[a](src/Nothing.cs) and [b](src/README.md)"));
        Assert.Equal(["src/README.md#nothing"], Broken("README.md", "[a](src/README.md#nothing)"));
        Assert.Equal(["#nothing"], Broken("README.md", "# A heading\n[a](#nothing) [b](#a-heading)"));
        Assert.Equal(["../README.md"], Broken("README.md", "| a |\n|---|\n| ![b](../README.md) |"));
        Assert.Empty(Broken("src/README.md", "[a](../README.md#speed) [b](https://example.org/nothing)"));
    }

    private static string[] Broken(string page, string text)
    {
        MarkdownDocument document = Markdown.Parse(text, Pipeline);
        return
        [
            .. document.Descendants<LinkInline>().Select(link => link.Url!)
                .Where(url => !Uri.TryCreate(url, UriKind.Absolute, out _) && !LeadsSomewhere(page, document, url)),
        ];
    }

    private static bool LeadsSomewhere(string page, MarkdownDocument document, string url)
    {
        string[] parts = url.Split('#', 2);
        string file = parts[0].Length == 0
            ? Path.Combine(Repository.Root, page)
            : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0]));
        if (!file.StartsWith(Repository.Root, StringComparison.Ordinal)) return false;
        if (parts.Length == 1) return File.Exists(file);
        MarkdownDocument target =
            parts[0].Length == 0 ? document : Markdown.Parse(File.ReadAllText(file), Pipeline);
        return target.Descendants<HeadingBlock>().Any(heading => heading.TryGetAttributes()?.Id == parts[1]);
    }
}
