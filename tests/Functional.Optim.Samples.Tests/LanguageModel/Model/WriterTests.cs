using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Model;

public sealed class WriterTests
{
    private static readonly Preset Small = Preset.All[0] with { Layers = 2, Heads = 2, Width = 32, Context = 16 };
    private static readonly Tokenizer Letters = Tokenizer.Of("characters", "abcdefghijklmnopqrstuvwxyz").Value();
    private static readonly GptModel Model = new(Small, vocabulary: 26, seed: 1);
    private static readonly ParameterTree<float> Parameters = Model.Init();

    [Fact]
    public void A_text_is_a_function_of_its_seed_and_stops_when_told()
    {
        Assert.Equal(40, Write("a", 1).Length);
        Assert.Equal(Write("a", 1), Write("a", 1));
        Assert.NotEqual(Write("a", 1), Write("a", 2));
        Assert.Equal(Write("a", 1), Write("", 1));
        Assert.Equal("", Write("a", 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Of_a_prompt_longer_than_the_context_the_end_is_seen() => Assert.Equal(
        Write("klmnopqrstuvwxyz", 1), Write(string.Concat(Enumerable.Repeat("abcdefghijklmnopqrstuvwxyz", 9)), 1));

    [Fact]
    public void The_next_logits_are_the_last_of_all()
    {
        float[] all = new float[5 * 26], next = new float[26];
        Model.Logits(Parameters, new[] { 1, 2, 3, 4, 5 }, all);
        Model.NextLogits(Parameters, new[] { 1, 2, 3, 4, 5 }, next);
        for (int token = 0; token < 26; token++) Assert.Equal(all[(4 * 26) + token], next[token], 1e-6f);
    }

    [Fact]
    public void Pieces_are_whole_characters_and_make_the_text()
    {
        // Of the 256 bytes a model that has learnt nothing writes broken characters and whole ones.
        Tokenizer bytes = Tokenizer.Of("gpt2:256", "").Value();
        GptModel model = new(Small, bytes.VocabularySize, seed: 1);
        List<string> pieces = [];
        string text = Writer.Write(
            model, model.Init(), bytes, "", 200, Sampling.Default, seed: 4, pieces.Add).Value();
        Assert.Equal(text, string.Concat(pieces));
        Assert.InRange(pieces.Count, 2, 200);
    }

    [Fact]
    public void What_cannot_be_written_is_an_error_in_one_line()
    {
        Assert.Equal(
            "the prompt: the character U+0021 at index 2 is not among the 26 of the vocabulary",
            Writer.Write(Model, Parameters, Letters, "ab!", 5, Sampling.Default, 1).ErrorOf());
        Assert.Equal(
            "the tokenizer gpt2:300 has 300 tokens; the model has 26",
            Writer.Write(Model, Parameters, Tokenizer.Of("gpt2:300", "").Value(), "a", 5, Sampling.Default, 1)
                .ErrorOf());
        TreeBuffer<float> broken = Model.Layout.Rent<float>();
        foreach (Leaf leaf in Model.Layout.Leaves) broken.AsSpan(leaf).Fill(float.NaN);
        Assert.Equal(
            "the text after token 0: the logit of token 0 is NaN; allowed is a number",
            Writer.Write(Model, broken.ToTree(), Letters, "a", 5, Sampling.Default, 1).ErrorOf());
    }

    private static string Write(string prompt, ulong seed, CancellationToken cancellation = default) =>
        Writer.Write(Model, Parameters, Letters, prompt, 40, Sampling.Default, seed, cancellation: cancellation)
            .Value();
}
