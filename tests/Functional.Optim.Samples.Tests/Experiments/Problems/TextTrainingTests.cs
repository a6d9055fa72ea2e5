using Experiments;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.Experiments.Problems;

public sealed class TextTrainingTests
{
    [Fact]
    public void Guessing_by_frequency_counts_in_the_training_part_and_pays_in_the_held_out_one()
    {
        TokenizedText text = TokenizedText.Of(
            new Corpus("made", $"{new string('a', 60)}{new string('b', 30)}{new string('b', 10)}"),
            "characters", 5).Value();
        Assert.Equal(-Math.Log(31.0 / 92), TextTraining.FrequencyLoss(text), 1e-12);
    }

    [Fact]
    public void A_character_that_is_held_out_only_has_a_chance_too()
    {
        TokenizedText text = TokenizedText.Of(
            new Corpus("made", $"{new string('a', 90)}{new string('b', 10)}"),
            "characters", 5).Value();
        Assert.Equal(-Math.Log(1.0 / 92), TextTraining.FrequencyLoss(text), 1e-12);
    }
}
