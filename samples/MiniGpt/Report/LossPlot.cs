using System.Globalization;
using CommandLine;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MiniGpt;

/// <summary>A run as a picture: the losses above, the learning rate below, over the same steps.</summary>
public static class LossPlot
{
    private const int Width = 1200, Height = 800, RateHeight = 230, LeftWidth = 90;

    // The frame ends at this multiple of the first loss, so that the curve before a divergence stays visible.
    private const double MaxLossRatio = 3;

    private static readonly Color Faint = Color.FromHex("#A9C6E8"), Blue = Color.FromHex("#1F5FA8"),
        Red = Color.FromHex("#D1495B"), Green = Color.FromHex("#3A7D44");

    /// <summary>Draws the picture, as a PNG. Values that are not finite are left out.</summary>
    /// <param name="title">The line above the picture.</param>
    /// <param name="training">The training loss.</param>
    /// <param name="validation">The validation loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    public static byte[] Png(string title, Curve training, Curve validation, Curve learningRate)
    {
        (training, validation, learningRate) = (training.Finite(), validation.Finite(), learningRate.Finite());
        double lastStep = new[] { training, validation, learningRate }.SelectMany(curve => curve.Steps)
            .DefaultIfEmpty(1).Max();
        Multiplot picture = new();
        picture.AddPlots(2);

        Plot losses = picture.GetPlot(0);
        Line(losses, training, Faint, 1, "training loss of each step");
        Line(losses, training.Smooth(), Blue, 2, "training loss, smoothed");
        Line(losses, validation, Red, 2, "validation loss").MarkerSize = 8;
        double[] all = [.. training.Values, .. validation.Values];
        double min = all.DefaultIfEmpty(0).Min(), max = all.DefaultIfEmpty(1).Max();
        if (training.Values.Length > 0) max = Math.Min(max, MaxLossRatio * training.Values[0]);
        double margin = Math.Max(0.05 * (max - min), 0.05);
        losses.Axes.SetLimits(-0.01 * lastStep, 1.01 * lastStep, Math.Max(min - margin, 0), max + margin);
        losses.Title(title, 20);
        losses.YLabel("loss (nats per character)", 16);
        Legend legend = losses.ShowLegend(Edge.Top).Legend;
        (legend.Orientation, legend.FontSize) = (Orientation.Horizontal, 15);
        (legend.OutlineWidth, legend.ShadowColor) = (0, Colors.Transparent);

        Plot rates = picture.GetPlot(1);
        Line(rates, learningRate, Green, 2, "learning rate");
        double peak = learningRate.Values.Where(rate => rate > 0).DefaultIfEmpty(1).Max();
        rates.Axes.SetLimits(-0.01 * lastStep, 1.01 * lastStep, -0.05 * peak, 1.1 * peak);
        rates.YLabel("learning rate", 16);
        rates.XLabel("step", 16);
        rates.HideLegend();
        rates.Axes.Left.TickGenerator = new NumericAutomatic
        {
            LabelFormatter = rate => rate == 0 ? "0" : rate.ToString("0.##e0", CultureInfo.InvariantCulture),
        };

        foreach (Plot plot in picture.GetPlots())
        {
            plot.Font.Set(PictureFont.Name);
            plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = LeftWidth;
            plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        }

        DraggableRows rows = new();
        rows.SetHeights([Height - RateHeight, RateHeight]);
        picture.Layout = rows;
        return picture.Render(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static Scatter Line(Plot plot, Curve curve, Color color, float width, string name)
    {
        Scatter line = plot.Add.Scatter(curve.Steps, curve.Values, color);
        (line.LineWidth, line.LegendText) = (width, name);
        line.MarkerSize = curve.Values.Length == 1 ? 8 : 0;
        return line;
    }
}
