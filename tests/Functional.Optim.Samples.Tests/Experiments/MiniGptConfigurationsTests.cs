using System.Collections.Immutable;
using Experiments;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class MiniGptConfigurationsTests
{
    private static readonly ImmutableArray<MiniGptConfigurationsRow> Rows = MiniGptConfigurations.Run(new());

    [Fact]
    public void Without_positions_there_are_2_07_and_35_3_and_123_5_million_parameters() => Assert.Equal(
        [2.07, 35.3, 123.5], Rows.Select(row => (row.Parameters - row.Positions) / 1e6),
        (expected, actual) => Math.Abs(expected - actual) < 0.05);

    [Theory]
    [InlineData(512)]
    [InlineData(32)]
    public void The_counts_are_the_models_own(int context)
    {
        MiniGptConfigurationsOptions options = new() { Context = context, Vocabularies = [7, 32_000, 90] };
        Assert.All(MiniGptConfigurations.Run(options), row =>
        {
            TreeLayout layout = new GptModel(row.Preset, row.Vocabulary, seed: 0).Layout;
            Assert.Equal(layout.ParameterCount, row.Parameters);
            Assert.Equal(layout.Leaves.Where(leaf => leaf.Rank < 2).Sum(leaf => leaf.Length), row.Vectors);
            Assert.Equal((layout["tokens"].Length, layout["positions"].Length), (row.Tokens, row.Positions));
        });
    }

    [Fact]
    public void All_see_the_same_tokens_so_the_larger_see_fewer_for_each_parameter()
    {
        Assert.All(Rows, row => Assert.Equal(1_638_400_000, row.TotalTokens));
        Assert.Equal([766, 46, 13], Rows.Select(row => (int)Math.Round(row.TokensPerParameter)));
        Assert.Equal([0.04, 0.04, 0.05], Rows.Select(row => row.WarmupShare));
    }

    [Fact]
    public void The_source_text_counts_too_few() =>
        Assert.All(Rows, row => Assert.True(row.SourceTextParameters < row.Parameters - row.Positions));
}
