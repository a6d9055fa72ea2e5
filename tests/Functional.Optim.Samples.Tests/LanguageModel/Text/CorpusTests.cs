using System.Security.Cryptography;
using System.Text;
using Functional.Optim.Tests.Processes;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_read_as_UTF_8_without_its_byte_order_mark()
    {
        Corpus corpus = Corpus.FromFile(folder.Write("text.txt", [.. "\uFEFFnaïve → 🙂\n"u8])).Value();
        Assert.Equal(new Corpus("text.txt", "naïve → 🙂\n"), corpus);
    }

    [Theory]
    [InlineData(new byte[] { }, "is empty, or not a regular file")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, "has nothing but a byte order mark")]
    [InlineData(new byte[] { 65 }, "has one character; a text to learn from has more")]
    [InlineData(new byte[] { 65, 66, 0xFF, 67 }, "is not UTF-8 text: the byte at offset 2, 0xFF, begins no character")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 65, 0x80 },
        "is not UTF-8 text: the byte at offset 4, 0x80, begins no character")]
    [InlineData(new byte[] { 65, 0xC3 }, "is not UTF-8 text: the byte at offset 1, 0xC3, begins no character")]
    public void A_file_that_is_no_text_is_refused_with_what_is_wrong(byte[] bytes, string error)
    {
        string path = folder.Write("bad.txt", bytes);
        Assert.Equal($"the text '{path}' {error}", Corpus.FromFile(path).ErrorOf());
    }

    [Fact]
    public void A_path_that_is_no_file_is_refused()
    {
        Assert.Equal($"the text '{folder.At("none.txt")}' does not exist",
            Corpus.FromFile(folder.At("none.txt")).ErrorOf());
        Assert.Equal($"the text '{folder.Root}' is a folder, not a text file", Corpus.FromFile(folder.Root).ErrorOf());
    }

    [Fact]
    public void A_file_above_256_MiB_is_refused_unread()
    {
        string path = folder.At("large.txt");
        using (FileStream file = File.Create(path)) file.SetLength((256L << 20) + 1);
        Assert.Equal(
            $"the text '{path}' has 268,435,457 bytes; the maximum is 268,435,456 (256 MiB)",
            Corpus.FromFile(path).ErrorOf());
    }

    /// <summary>"abc" is an example of FIPS 180-4; a part of the text may end inside a character.</summary>
    [Fact]
    public void The_hash_is_the_SHA_256_of_the_UTF_8()
    {
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", new Corpus("", "abc").Hash());
        string text = "a" + string.Concat(Enumerable.Repeat("🙂", 70_000));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), new Corpus("", text).Hash());
    }
}
