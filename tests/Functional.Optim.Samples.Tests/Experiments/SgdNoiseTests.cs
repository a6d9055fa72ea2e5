using System.Globalization;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class SgdNoiseTests
{
    private static readonly SgdNoiseResult Result =
        SgdNoise.Run(new(), seed: 1, new Progress<double>(), CancellationToken.None);

    [Fact]
    public void The_noise_at_a_point_falls_with_the_root_of_the_batch_size()
    {
        Assert.All(Result.AtStart, row => Assert.Equal(1, row.Scaled / Result.SampleNoise, 0.05));
        Assert.All(Result.AtStart, row => Assert.Equal(Result.SampleNoise / Math.Sqrt(row.BatchSize), row.Law, 1e-12));
    }

    [Fact]
    public void Batches_of_different_samples_are_less_noisy_and_one_of_all_samples_not_at_all()
    {
        Assert.All(Result.AtStart, row => Assert.Equal(1, row.ShuffledNoise / row.ShuffledLaw, 0.05));
        SgdNoiseRow all = Assert.Single(SgdNoise.Run(
            new() { BatchSizes = [64], Samples = 64, Draws = 20, Steps = 2 }, seed: 3, new Progress<double>(),
            CancellationToken.None).AtStart);
        Assert.Equal(0, all.ShuffledLaw);
        Assert.Equal(0, all.ShuffledNoise, 1e-12);
        Assert.True(all.Noise > 0.1);
    }

    [Fact]
    public void The_source_texts_measure_obeys_no_such_law()
    {
        double[] scaled =
        [
            .. Result.Trainings.Select(training => Math.Sqrt(training.NormVariance * training.BatchSize)),
        ];
        Assert.True(scaled.Max() > 2 * scaled.Min());
    }

    [Fact]
    public void Smaller_batches_stay_further_above_the_least_loss()
    {
        double[] above = [.. Result.Trainings.Select(training => training.LateLoss - Result.MinLoss)];
        Assert.Equal(above.OrderDescending(), above);
        Assert.True(above[0] > 50 * above[^1] && above[^1] > 0);
    }

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(3, 2, 3)]
    [InlineData(4, 3, 4)]
    public void The_loss_of_the_second_half_is_that_after_each_of_its_updates(int steps, int from, int to)
    {
        SgdNoiseTraining training = Assert.Single(SgdNoise.Run(
            new() { BatchSizes = [8], Samples = 64, Draws = 4, Steps = steps }, seed: 3, new Progress<double>(),
            CancellationToken.None).Trainings);
        Assert.Equal(training.Points.Where(point => point.Step >= from && point.Step <= to)
            .Average(point => point.Loss), training.LateLoss, 1e-12);
    }

    [Theory]
    [InlineData("from the start", "2 3")]
    [InlineData("from step 1 on", "0.5 3")]
    [InlineData("from step 2 on", "3 0.5 2")]
    [InlineData("now and then", "3 0.5")]
    [InlineData("never", "0.5 0.9")]
    public void The_noise_exceeds_the_gradient_from_where_it_does_so_to_the_end(string expected, string shares)
    {
        IEnumerable<SgdNoisePoint> points = shares.Split(' ').Select((share, step) =>
            new SgdNoisePoint(step, Loss: 1, GradientNorm: 1,
                Noise: double.Parse(share, CultureInfo.InvariantCulture)));
        Assert.Equal(expected, SgdNoise.Wavers(new(BatchSize: 1, [.. points], BatchNorms: [1], LateLoss: 1)));
    }

    [Fact]
    public void The_noise_does_not_vanish_with_the_gradient_and_outgrows_it_the_later_the_larger_the_batch()
    {
        Assert.All(Result.Trainings, training => Assert.InRange(
            training.Points[^1].Noise / training.Points[0].Noise, 0.5, 1.2));
        long[] crossings =
        [
            .. Result.Trainings.Select(training => training.Points.First(point => point.Share > 1).Step),
        ];
        Assert.Equal(crossings.Order(), crossings);
        Assert.Equal(0, crossings[0]);
        Assert.True(crossings[^1] > 30);
    }
}
