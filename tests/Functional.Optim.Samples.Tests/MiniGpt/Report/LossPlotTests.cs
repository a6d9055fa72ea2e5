using MiniGpt;
using SkiaSharp;

namespace Functional.Optim.Samples.Tests.MiniGpt.Report;

public sealed class LossPlotTests
{
    private const uint Blue = 0xFF1F5FA8, Red = 0xFFD1495B, Green = 0xFF3A7D44;
    private static readonly Curve Nothing = new([], []);

    [Fact]
    public void Each_curve_is_drawn_and_what_is_not_finite_left_out()
    {
        SKBitmap without = Draw(Nothing, Nothing, Nothing);
        SKBitmap with = Draw(
            new Curve([1, 2, 3, 4], [4, 3, double.NaN, 1]),
            new Curve([1, 4], [double.PositiveInfinity, 2]),
            new Curve([1, 2, 3, 4], [1, 1, 1, 0]));
        foreach (uint color in (uint[])[Blue, Red, Green])
            Assert.True(Pixels(with, color) > Pixels(without, color), $"{color:X} is drawn");
    }

    [Fact]
    public void One_point_is_visible_and_a_loss_that_explodes_does_not_flatten_the_rest()
    {
        SKBitmap point = Draw(new Curve([1], [4]), Nothing, new Curve([1], [1e9]));
        Assert.True(Pixels(point, Blue) > Pixels(Draw(Nothing, Nothing, Nothing), Blue));
        // The curve falls from 4 to 2 through a good part of the frame before it leaves it.
        SKBitmap picture = Draw(new Curve([1, 50, 60], [4, 2, 1e30]), Nothing, Nothing);
        int rows = Enumerable.Range(120, 400)
            .Count(y => Enumerable.Range(100, 1000).Any(x => (uint)picture.GetPixel(x, y) == Blue));
        Assert.InRange(rows, 300, 400);
    }

    [Fact]
    public void A_smooth_curve_keeps_its_first_value_and_a_straight_line()
    {
        double[] steps = [.. Enumerable.Range(1, 1000).Select(step => (double)step)];
        Curve smooth = new Curve(steps, [.. steps.Select(step => step % 2 == 0 ? step + 1 : step - 1)]).Smooth();
        Assert.Equal(0, smooth.Values[0]);
        for (int index = 20; index < 980; index++) Assert.Equal(steps[index], smooth.Values[index], 0.1);
    }

    private static SKBitmap Draw(Curve training, Curve validation, Curve learningRate)
    {
        SKBitmap picture = SKBitmap.Decode(LossPlot.Png("title", training, validation, learningRate));
        Assert.Equal((1200, 800), (picture.Width, picture.Height));
        return picture;
    }

    private static int Pixels(SKBitmap picture, uint color) => picture.Pixels.Count(pixel => (uint)pixel == color);
}
