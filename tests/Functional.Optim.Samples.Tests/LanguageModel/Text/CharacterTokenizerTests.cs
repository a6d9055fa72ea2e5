using FsCheck.Xunit;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

public sealed class CharacterTokenizerTests
{
    [Property]
    public bool Every_text_decodes_to_itself(FsCheck.NonNull<string> text)
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.Of(text.Get);
        return tokenizer.Decode(tokenizer.Encode(text.Get).Value()) == text.Get;
    }

    [Fact]
    public void Tokens_number_the_distinct_characters_in_order()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.Of("banana\n");
        Assert.Equal("\nabn", string.Concat(tokenizer.Vocabulary));
        Assert.Equal([3, 1, 2, 0], tokenizer.Encode("nab\n").Value());
    }

    [Fact]
    public void A_character_outside_the_vocabulary_is_a_error_that_names_it() =>
        Assert.Equal(
            "the character U+0078 at index 2 is not among the 3 of the vocabulary",
            CharacterTokenizer.Of("banana").Encode("nax").ErrorOf());

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_token_outside_the_vocabulary_throws(int token) =>
        Assert.Throws<ArgumentOutOfRangeException>("encoded", () => CharacterTokenizer.Of("banana").Decode(token));
}
