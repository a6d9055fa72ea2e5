using System.Text.RegularExpressions;
using Functional.Optim.Tests.Processes;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

public sealed class DocumentationCorpusTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_SDK_has_megabytes_of_prose_in_fewer_than_a_hundred_characters()
    {
        string text = DocumentationCorpus.FromSdk().Value().Text;
        Assert.InRange(text.Length, 1_000_000, 3_100_000);
        Assert.InRange(Tokenizer.Of("characters", text).Value().VocabularySize, 80, 96);
        Assert.DoesNotMatch(new Regex(
            "</?(see|para|c|code|paramref|summary|returns|list|term)\\b|&(lt|gt|amp|quot|#\\d+);| {2}"), text);
        string[] lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.DoesNotContain("", lines);
    }

    [Fact]
    public void The_same_SDK_gives_the_same_text() =>
        Assert.Equal(DocumentationCorpus.FromSdk().Value(), DocumentationCorpus.FromSdk().Value());

    [Fact]
    public void The_highest_version_with_documentation_in_the_first_installation_is_taken()
    {
        foreach (string version in (string[])["9.0.30", "10.0.9", "10.0.10-rc.2", "10.0.10", "junk"])
        {
            string reference = Directory.CreateDirectory(
                folder.At($"b/packs/Microsoft.NETCore.App.Ref/{version}/ref/net1")).FullName;
            File.WriteAllText(Path.Combine(reference, "x.xml"), $"<doc><summary>{version}</summary></doc>");
        }

        Directory.CreateDirectory(folder.At("b/packs/Microsoft.NETCore.App.Ref/11.0.0/ref/net1"));
        Corpus corpus = DocumentationCorpus.FromInstallations(folder.At("a"), folder.At("b")).Value();
        Assert.Equal(new Corpus(".NET 10.0.10 API documentation", "10.0.10\n"), corpus);
    }

    [Fact]
    public void Where_no_documentation_is_installed_the_error_says_where_it_was_looked_for() =>
        Assert.Equal(
            "the .NET API documentation is not installed: no packs/Microsoft.NETCore.App.Ref with XML files in /a or "
            + "/b; give a text with --text FILE",
            DocumentationCorpus.FromInstallations("/a", "/b").ErrorOf());

    [Fact]
    public void Tags_become_the_words_that_a_reader_sees()
    {
        Write("b.xml", "<summary>Second file.</summary>");
        Write("a.xml",
            """
            <summary>Returns the <see cref="T:System.String" /> or <see langword="null" />
              if <paramref name="x" /> &lt; 3 &amp; <c>y</c>≤4.</summary>
            <param name="x">A <see cref="T:System.Collections.Generic.List`1" />,
            a <see cref="F:System.Int32.MaxValue" />, a
            <see cref="M:System.Text.StringBuilder.#ctor(System.Int32)" />, the <see cref="P:A.B">given name</see>
            or <xref uid="System.Byte"></xref>.</param>
            <typeparam name="T">Left out.</typeparam>
            <remarks><para>One.</para><para>Two “漢字”.</para>
            <list><item><term>a</term><description>b</description></item></list></remarks>
            <returns> Second file. </returns>
            <returns />
            <exception cref="T:System.Exception">Never.</exception>
            """);
        Assert.Equal(
            """
            Returns the String or null if x < 3 & y<=4.
            A List, a Int32.MaxValue, a StringBuilder, the given name or Byte.
            One. Two . a b
            Second file.
            Never.

            """,
            DocumentationCorpus.FromFolder("fake", folder.Root).Value().Text);
    }

    [Fact]
    public void A_file_that_is_not_XML_is_a_error_that_names_it()
    {
        Write("broken.xml", "<summary>");
        Assert.StartsWith(
            $"the documentation file '{folder.At("broken.xml")}' cannot be read: ",
            DocumentationCorpus.FromFolder("fake", folder.Root).ErrorOf());
    }

    private void Write(string name, string members) =>
        File.WriteAllText(folder.At(name), $"<doc><members><member>{members}</member></members></doc>");
}
