using System.Collections.Immutable;
using Functional.Optim.Tests.Cultures;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Presets;

public sealed class PresetSettingTests
{
    [Fact]
    public void Every_preset_is_read_as_it_was_written()
    {
        using DecimalComma culture = new();
        Preset odd = Preset.All[1] with
        {
            LearningRate = Math.BitIncrement(0.1),
            Floor = double.Epsilon,
            WeightDecay = 1.0 / 3,
            AdamRate = 1.0 / 7,
            Optimizer = "lion(beta1=0.5)",
            Schedule = "constant",
            Beta1 = 0,
            Clip = 1e300,
        };
        foreach (Preset preset in (Preset[])[.. Preset.All, odd])
            Assert.Equal(preset, Preset.FromSettings(preset.ToSettings()).IfFail(_ => Preset.All[3]));
    }

    [Fact]
    public void Every_property_of_a_preset_is_a_setting() => Assert.Equal(
        typeof(Preset).GetProperties().Count(property => property.SetMethod is not null),
        Preset.All[0].ToSettings().Count);

    [Theory]
    [InlineData("layers", "0", "layers is 0; allowed is an integer from 1 to 1024")]
    [InlineData("width", "2147483648", "width is 2147483648; allowed is an integer from 1 to 65536")]
    [InlineData("width", "130", "heads is 4; allowed is a divisor of width, which is 130")]
    [InlineData("warmup", "2000", "warmup is 2000; allowed is an integer from 0, below the 2000 of steps")]
    [InlineData("learning-rate", "NaN", "learning-rate is NaN; allowed is ")]
    [InlineData("learning-rate", "0,1", "learning-rate is 0,1; allowed is ")]
    [InlineData("dropout", "1", "dropout is 1; allowed is in [0, 1)")]
    [InlineData("biases", "true", "biases is true; allowed is yes or no")]
    [InlineData("weight-decay", "-1", "weight-decay is -1; allowed is default, or ")]
    [InlineData("tokens", "words", "tokens is words; allowed is characters, gpt2, o200k, ")]
    [InlineData("optimizer", "sofia", "--optimizer sofia: ")]
    [InlineData("clip", null, "clip is not given; allowed is ")]
    public void A_wrong_setting_is_an_error_that_names_it(string name, string? value, string error)
    {
        ImmutableSortedDictionary<string, string> settings = Preset.All[0].ToSettings();
        settings = value is null ? settings.Remove(name) : settings.SetItem(name, value);
        string[] errors = Preset.FromSettings(settings)
            .Match(Succ: _ => [], Fail: found => found.Map(one => one.Message).ToArray());
        Assert.StartsWith(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_others_are_left_alone() => Assert.Equal(
        Preset.All[0],
        Preset.FromSettings(Preset.All[0].ToSettings().Add("seed", "7")).IfFail(_ => Preset.All[3]));
}
