using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Presets;

public sealed class PresetTests
{
    /// <summary>The sizes that GPTs of these shapes are quoted with leave the table of positions out.</summary>
    [Theory]
    [InlineData("tiny", 10_000, 2.07)]
    [InlineData("small", 32_000, 35.3)]
    [InlineData("medium", 50_000, 123.5)]
    public void Parameter_counts_without_positions_are_those_of_the_shapes(string name, int vocabulary, double millions)
    {
        Preset preset = Named(name);
        double counted = (preset.ParameterCount(vocabulary) - (preset.Context * preset.Width)) / 1e6;
        Assert.Equal(millions, Math.Round(counted, millions < 10 ? 2 : 1));
    }

    [Fact]
    public void The_nano_preset_has_two_norms_and_four_matrices_in_each_of_its_blocks() =>
        Assert.Equal(
            ((65 + 64) * 128) + (4 * ((128 * 384) + (128 * 128) + (128 * 512) + (512 * 128) + 128 + 128)) + 128,
            Named("nano").ParameterCount(65));

    [Fact]
    public void Biases_add_a_number_for_each_output_and_each_norm()
    {
        Preset tiny = Named("tiny");
        Assert.Equal(
            (4 * (384 + 128 + 512 + 128 + 128 + 128)) + 128,
            tiny.ParameterCount(10_000) - (tiny with { Biases = false }).ParameterCount(10_000));
    }

    private static Preset Named(string name) => Preset.All.Single(preset => preset.Name == name);
}
