using Functional.Optim.Kernels;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

public sealed class TokenizerTests
{
    private const string Mixed =
        "Hello, naïve 漢字 👩‍🚀 e\u0301\r\n\t x  y\n\n<|endoftext|> \0 don't 12345 ¿qué? Ωμέγα 🏳️‍🌈\n";

    [Theory]
    [InlineData("characters")]
    [InlineData("gpt2")]
    [InlineData("gpt2:256")]
    [InlineData("gpt2:10000")]
    [InlineData("o200k")]
    [InlineData("o200k:30000")]
    public void Every_text_decodes_to_itself(string name)
    {
        Tokenizer tokenizer = Tokenizer.Of(name, Mixed).Value();
        int[] tokens = tokenizer.Encode(Mixed).Value();
        Assert.Equal(Mixed, tokenizer.Decode(tokens));
        Assert.All(tokens, token => Assert.InRange(token, 0, tokenizer.VocabularySize - 1));
        Assert.Equal(name, tokenizer.Name);
        Assert.Equal("\n", tokenizer.Decode(tokenizer.Start));
        Assert.Empty(tokenizer.Encode("").Value());

        Tokenizer read = Tokenizer.Parse(tokenizer.Name, tokenizer.Vocabulary).Value();
        Assert.Equal(tokens, read.Encode(Mixed).Value());
    }

    /// <summary>The tokens are those that tiktoken gives.</summary>
    [Theory]
    [InlineData("gpt2", 50_257, new[] { 15496, 11, 995, 0 })]
    [InlineData("o200k", 200_019, new[] { 13225, 11, 2375, 0 })]
    public void Published_vocabularies_give_the_published_tokens(string name, int size, int[] tokens)
    {
        Tokenizer tokenizer = Tokenizer.Of(name, "").Value();
        Assert.Equal((size, size), (tokenizer.VocabularySize, Tokenizer.SizeOf(name).Value()));
        Assert.Equal(tokens, tokenizer.Encode("Hello, world!").Value());
    }

    [Fact]
    public void A_long_text_has_the_tokens_of_its_parts()
    {
        Tokenizer tokenizer = Tokenizer.Of("gpt2", "").Value();
        string[] lines = Texts.Sentences(40_000).Split('\n');
        int[] whole = tokenizer.Encode(string.Join('\n', lines)).Value();
        int end = tokenizer.Start;
        IEnumerable<int> parts = lines.SelectMany((line, place) =>
            place == lines.Length - 1 ? tokenizer.Encode(line).Value() : [.. tokenizer.Encode(line).Value(), end]);
        Assert.Equal(parts, whole);
    }

    [Theory]
    [InlineData("gpt2", "A")]
    [InlineData("o200k", " ")]
    [InlineData("gpt2", "🙂")]
    public void A_run_without_an_end_is_encoded_too(string name, string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 50_000));
        Tokenizer tokenizer = Tokenizer.Of(name, "").Value();
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text).Value()));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("o200k")]
    public void Half_a_character_is_the_replacement_character_and_no_tokens_break(string name)
    {
        Tokenizer tokenizer = Tokenizer.Of(name, "").Value();
        int[] emoji = tokenizer.Encode("👩").Value();
        Assert.EndsWith("\uFFFD", tokenizer.Decode(emoji.AsSpan(0, emoji.Length - 1)), StringComparison.Ordinal);
        Philox random = new(5);
        int[] any = [.. Enumerable.Range(0, 5000).Select(at => (int)random.Below((ulong)at, tokenizer.VocabularySize))];
        Assert.NotEmpty(tokenizer.Decode(any));
        Assert.Equal("", tokenizer.Decode());
    }

    [Fact]
    public void Characters_are_whole_code_points_in_order()
    {
        Tokenizer tokenizer = Tokenizer.Of("characters", "b🙂\uFFFDa\u0301🙂").Value();
        Assert.Equal("ab\u0301\uFFFD🙂", tokenizer.Vocabulary);
        Assert.Equal([1, 4, 3, 0, 2, 4], tokenizer.Encode("b🙂\uFFFDa\u0301🙂").Value());
        Assert.Equal(0, Tokenizer.Of("characters", "ab").Value().Start);
    }

    [Theory]
    [InlineData("🙂nax", "the character U+0078 at index 4 is not among the 4 of the vocabulary")]
    [InlineData("🙃", "the character U+1F643 at index 0 is not among the 4 of the vocabulary")]
    public void A_character_outside_the_vocabulary_is_an_error_that_names_it(string text, string error) =>
        Assert.Equal(error, Tokenizer.Of("characters", "banana🙂").Value().Encode(text).ErrorOf());

    /// <summary>An attribute cannot hold such a text, as it is written in UTF-8.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_an_error_everywhere()
    {
        (string Text, string Error)[] halves =
        [
            ("a\uD83D", "the character U+D83D at index 1 is half of a surrogate pair"),
            ("🙂\uDE42", "the character U+DE42 at index 2 is half of a surrogate pair"),
        ];
        foreach ((string text, string error) in halves)
        {
            Assert.Equal(error, Tokenizer.Of("characters", "a🙂").Value().Encode(text).ErrorOf());
            Assert.Equal(error, Tokenizer.Of("gpt2:256", "").Value().Encode(text).ErrorOf());
            Assert.Equal(error, Tokenizer.Of("characters", text).ErrorOf());
            Assert.Equal(error, Tokenizer.Parse("characters", text).ErrorOf());
        }
    }

    [Theory]
    [InlineData("characters", "", "an empty text has no characters for a vocabulary")]
    [InlineData("characters", "ba", "the vocabulary of characters is not in order, or has a character twice")]
    [InlineData("characters", "aa", "the vocabulary of characters is not in order, or has a character twice")]
    [InlineData("gpt2", "a", "the vocabulary of gpt2 has 1 characters; allowed is none, as the name says all")]
    [InlineData("gpt3", "", "tokens is gpt3; allowed is characters, gpt2, o200k, or with the first V tokens only, "
        + "gpt2:V or o200k:V")]
    [InlineData("gpt2:255", "", "tokens is gpt2:255; allowed is gpt2:V with V from 256 to 50257")]
    [InlineData("gpt2:50258", "", "tokens is gpt2:50258; allowed is gpt2:V with V from 256 to 50257")]
    [InlineData("o200k:-1", "", "tokens is o200k:-1; allowed is o200k:V with V from 256 to 200019")]
    public void A_wrong_name_or_vocabulary_is_refused(string name, string vocabulary, string error) =>
        Assert.Equal(error, Tokenizer.Parse(name, vocabulary).ErrorOf());

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_token_outside_the_vocabulary_throws(int token) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            "tokens", () => Tokenizer.Of("characters", "banana").Value().Decode(token));
}
