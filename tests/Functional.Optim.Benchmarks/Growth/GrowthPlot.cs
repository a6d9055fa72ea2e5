using CommandLine;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>Growth as a picture: a panel for each size that grows, with powers of two on both axes.</summary>
internal static class GrowthPlot
{
    private const int PanelWidth = 520, Height = 420;

    /// <summary>Draws it, as a PNG.</summary>
    /// <param name="panels">The panels, from the left.</param>
    internal static byte[] Png(IReadOnlyList<GrowthPanel> panels)
    {
        Multiplot picture = new();
        picture.AddPlots(panels.Count);
        foreach ((GrowthPanel panel, Plot plot) in panels.Zip(picture.GetPlots()))
        {
            foreach (GrowthLine line in panel.Lines)
            {
                Scatter drawn = plot.Add.Scatter(
                    line.Points.Select(point => Math.Log2(point.Size)).ToArray(),
                    line.Points.Select(point => Math.Log2(point.Time)).ToArray());
                (drawn.LineWidth, drawn.LegendText) = (2, line.Name);
            }

            plot.Title(panel.Title, 16);
            plot.XLabel(panel.Size, 14);
            plot.YLabel(panel.Time, 14);
            plot.Axes.Bottom.TickGenerator = PowersOfTwo();
            plot.Axes.Left.TickGenerator = PowersOfTwo();
            plot.Axes.Margins(0.05, 0.1);
            plot.Font.Set(PictureFont.Name);
            if (panel.Lines.Count > 1) plot.ShowLegend(Alignment.LowerRight);
            else plot.HideLegend();
        }

        picture.Layout = new Columns();
        return picture.Render(PanelWidth * panels.Count, Height).GetImageBytes(ImageFormat.Png);
    }

    private static NumericAutomatic PowersOfTwo() =>
        new() { IntegerTicksOnly = true, LabelFormatter = static power => Shown(Math.Pow(2, power)) };

    /// <summary>A power of two as 64, 16 K or 256 M.</summary>
    private static string Shown(double value) => value switch
    {
        >= 1 << 20 => FormattableString.Invariant($"{value / (1 << 20):0.###} M"),
        >= 1 << 10 => FormattableString.Invariant($"{value / (1 << 10):0.###} K"),
        _ => FormattableString.Invariant($"{value:0.####}"),
    };
}
