using Functional.Optim.Kernels;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Model;

public sealed class SamplingTests
{
    private static readonly float[] Logits = [0, 2, 1, 2, -1, float.NegativeInfinity];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(1.5, 1)]
    public void Temperature_0_and_top_k_1_take_the_first_of_the_most_likely(double temperature, int topK)
    {
        Philox random = new(3);
        for (ulong draw = 0; draw < 100; draw++)
            Assert.Equal(1, Of(temperature, topK).Draw(Logits, random.Uniform(draw)).Value());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2, 3)]
    [InlineData(2, 2)]
    [InlineData(1, 6)]
    [InlineData(1, 1000)]
    public void Tokens_come_as_often_as_the_softmax_of_the_most_likely_says(double temperature, int topK)
    {
        const int Draws = 20_000;
        int[] likely = [.. Enumerable.Range(0, Logits.Length).OrderByDescending(token => Logits[token])
            .Take(topK == 0 ? Logits.Length : topK)];
        double[] weights = [.. Logits.Select((logit, token) =>
            likely.Contains(token) ? Math.Exp(logit / temperature) : 0)];
        int[] counts = new int[Logits.Length];
        Philox random = new(11);
        for (ulong draw = 0; draw < Draws; draw++)
            counts[Of(temperature, topK).Draw(Logits, random.Uniform(draw)).Value()]++;
        for (int token = 0; token < Logits.Length; token++)
        {
            double share = weights[token] / weights.Sum();
            Assert.Equal(share, counts[token] / (double)Draws, 5 * Math.Sqrt(share * (1 - share) / Draws));
        }
    }

    [Theory]
    [InlineData(float.NaN, "the logit of token 1 is NaN; allowed is a number")]
    [InlineData(float.PositiveInfinity, "the logit of token 1 is Infinity; allowed is a number")]
    [InlineData(float.NegativeInfinity, "every logit is -Infinity; allowed is a number")]
    public void Logits_that_are_no_numbers_are_an_error(float logit, string error) =>
        Assert.Equal(error, Of(1, 0).Draw([float.NegativeInfinity, logit], 0.5).ErrorOf());

    [Fact]
    public void The_most_extreme_places_and_temperatures_draw_a_token_too()
    {
        Assert.Equal(4, Of(1, 0).Draw(Logits, Math.BitDecrement(1)).Value());
        Assert.Equal(1, Of(double.Epsilon, 0).Draw(Logits, 0).Value());
        Assert.InRange(Of(double.MaxValue, 0).Draw(Logits, 0.99).Value(), 0, 4);
    }

    [Fact]
    public void All_errors_of_a_sampling_are_told() => Assert.Equal(
        ["temperature is NaN; allowed is a finite number from 0",
            "top-k is -1; allowed is an integer from 0; 0 is all"],
        Sampling.Of(double.NaN, -1).Match(Succ: _ => [], Fail: errors => errors.Map(error => error.Message).ToArray()));

    private static Sampling Of(double temperature, int topK) =>
        Sampling.Of(temperature, topK).IfFail(errors => throw new InvalidOperationException(errors[0].Message));
}
