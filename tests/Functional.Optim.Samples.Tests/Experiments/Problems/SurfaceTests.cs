using Experiments;
using FsCheck.Xunit;

namespace Functional.Optim.Samples.Tests.Experiments.Problems;

public sealed class SurfaceTests
{
    private static readonly Surface[] All = [Surface.Quadratic, Surface.Rosenbrock, Surface.Beale, Surface.Himmelblau];

    [Property]
    public void The_slope_is_that_of_the_height(int tenthsX, int tenthsY)
    {
        (double x, double y) = (tenthsX % 30 / 10.0, tenthsY % 30 / 10.0);
        const double Step = 1e-5;
        Assert.All(All, surface =>
        {
            double expectedX = (surface.Height(x + Step, y) - surface.Height(x - Step, y)) / (2 * Step);
            double expectedY = (surface.Height(x, y + Step) - surface.Height(x, y - Step)) / (2 * Step);
            (double alongX, double alongY) = surface.Slope(x, y);
            Assert.Equal(expectedX, alongX, 1e-5 * (1 + Math.Abs(expectedX)));
            Assert.Equal(expectedY, alongY, 1e-5 * (1 + Math.Abs(expectedY)));
        });
    }

    [Fact]
    public void The_minima_are_zeros_of_height_and_slope() => Assert.All(
        All.SelectMany(surface => surface.Minima.Select(minimum => (surface, minimum))),
        pair =>
        {
            Assert.Equal(0, pair.surface.Height(pair.minimum.X, pair.minimum.Y), 1e-20);
            (double alongX, double alongY) = pair.surface.Slope(pair.minimum.X, pair.minimum.Y);
            Assert.Equal(0, double.Hypot(alongX, alongY), 1e-10);
        });
}
