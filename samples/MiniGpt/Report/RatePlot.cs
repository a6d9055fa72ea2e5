using System.Globalization;
using CommandLine;
using Functional.Optim.Training;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MiniGpt;

/// <summary>A learning-rate range test as a picture: the losses over the rate, on a logarithmic axis.</summary>
public static class RatePlot
{
    private const int Width = 1200, Height = 600;

    /// <summary>Draws the picture, as a PNG. Values that are not finite are left out.</summary>
    /// <param name="sweep">The test.</param>
    public static byte[] Png(RateSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        RatePoint[] points = [.. sweep.Points.Where(point => double.IsFinite(point.SmoothedLoss))];
        double[] rates = [.. points.Select(point => Math.Log10(point.Rate))];
        Plot plot = new();
        Line(plot, rates, [.. points.Select(point => point.Loss)], "#A9C6E8", 1, "loss of each step");
        Line(plot, rates, [.. points.Select(point => point.SmoothedLoss)], "#1F5FA8", 2, "smoothed");
        if (sweep.Suggestion is { } rate)
        {
            VerticalLine mark = plot.Add.VerticalLine(Math.Log10(rate), 2, Color.FromHex("#3A7D44"));
            mark.LegendText = string.Create(CultureInfo.InvariantCulture, $"falls fastest at {rate:0.0e0}");
        }

        double first = points.Length > 0 ? points[0].SmoothedLoss : 1;
        double lowest = points.Select(point => point.SmoothedLoss).DefaultIfEmpty(0).Min();
        double margin = Math.Max(0.05 * (first - lowest), 0.05);
        plot.Axes.SetLimitsY(lowest - margin, first + Math.Max(first - lowest, margin));
        plot.Title("learning-rate range test", 20);
        plot.XLabel("learning rate", 16);
        plot.YLabel("loss", 16);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = power => string.Create(CultureInfo.InvariantCulture, $"1e{power:0}"),
        };
        plot.ShowLegend(Edge.Top).Legend.Orientation = Orientation.Horizontal;
        plot.Font.Set(PictureFont.Name);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    private static void Line(Plot plot, double[] rates, double[] losses, string color, float width, string name)
    {
        Scatter line = plot.Add.ScatterLine(rates, losses, Color.FromHex(color));
        (line.LineWidth, line.LegendText) = (width, name);
    }
}
