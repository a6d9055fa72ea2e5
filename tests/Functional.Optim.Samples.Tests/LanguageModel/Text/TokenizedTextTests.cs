using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

public sealed class TokenizedTextTests
{
    [Fact]
    public void The_last_tenth_is_held_out()
    {
        TokenizedText text = TokenizedText.Of(
            new Corpus("letters", "abcdefghijklmnopqrst"), "characters", context: 1).Value();
        Assert.Equal("abcdefghijklmnopqr", text.Tokenizer.Decode(text.Training.Span));
        Assert.Equal("st", text.Tokenizer.Decode(text.Validation.Span));
    }

    [Fact]
    public void The_shortest_text_allowed_is_the_one_that_the_error_names()
    {
        Assert.Equal(
            "the text 'a' has 640 characters; with a context of 64 the tenth that is held out "
            + "needs 65, so the text at least 641",
            TokenizedText.Of(new Corpus("a", new string('a', 640)), "characters", context: 64).ErrorOf());
        Assert.Equal(65, TokenizedText.Of(new Corpus("a", new string('a', 641)), "characters", context: 64)
            .Value().Validation.Length);
    }
}
