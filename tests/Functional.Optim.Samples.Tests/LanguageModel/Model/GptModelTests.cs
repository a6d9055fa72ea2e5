using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Model;

public class GptModelTests
{
    private static readonly Preset Small = Preset.All[0] with { Layers = 2, Heads = 2, Width = 32, Context = 16 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_presets_formula_counts_the_parameters_of_the_model(bool biases)
    {
        Preset preset = Small with { Biases = biases };
        GptModel model = new(preset, vocabulary: 23, seed: 1);
        Assert.Equal(preset.ParameterCount(23), model.Layout.ParameterCount);
        Assert.Equal(27, new GptModel(Preset.All[0], 65, 1).Layout.Leaves.Length);
    }

    [Fact]
    public void The_start_has_the_deviations_of_gpt2()
    {
        ParameterTree<float> parameters = new GptModel(Preset.All[0], 65, seed: 3).Init();
        Assert.Equal(0.02, Deviation("block0.attention.weight"), 2e-4);
        Assert.Equal(0.02 / Math.Sqrt(8), Deviation("block3.projection.weight"), 2e-4);
        Assert.Equal(0.02 / Math.Sqrt(8), Deviation("block1.contract.weight"), 1e-4);
        Assert.Equal(-1, parameters.AsSpan("norm.weight").IndexOfAnyExcept(1f));

        double Deviation(string leaf) =>
            Math.Sqrt(parameters.AsSpan(leaf).ToArray().Average(value => (double)value * value));
    }

    [Fact]
    public void A_position_does_not_see_what_follows_it()
    {
        GptModel model = new(Small, vocabulary: 23, seed: 1);
        ParameterTree<float> parameters = model.Init();
        float[] first = new float[5 * 23], second = new float[5 * 23], longer = new float[7 * 23];
        model.Logits(parameters, new[] { 1, 2, 3, 4, 5 }, first);
        model.Logits(parameters, new[] { 1, 2, 3, 22, 0 }, second);
        model.Logits(parameters, new[] { 1, 2, 3, 4, 5, 6, 7 }, longer);
        Assert.Equal(first[..(3 * 23)], second[..(3 * 23)]);
        Assert.NotEqual(first[(3 * 23)..], second[(3 * 23)..]);
        Assert.Equal(first, longer[..(5 * 23)]);
    }
}
