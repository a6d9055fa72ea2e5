using CommandLine;
using Functional.Optim.Training;
using LanguageExt;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.Plottables;
using SkiaSharp;

namespace Experiments;

/// <summary>Writes pictures to files.</summary>
public static class PictureFile
{
    private const int Width = 1400, SingleWidth = 1000, Height = 560, LeftWidth = 90;
    private const float LineWidth = 2, DotSize = 5, StarSize = 18;

    // People who confuse red and green can tell these colours apart (after Okabe and Ito, 2008), and then the same
    // lighter: an SVG has no dashes that would tell more lines apart.
    private static readonly Color[] Colors =
    [
        .. ((string[])
        [
            "#0072B2", "#D55E00", "#009E73", "#B5479B", "#E69F00", "#3FA9DE", "#7A4B12", "#000000",
            "#7FB8D8", "#EAAE7F", "#7FCEB9", "#DAA3CD", "#F2CF7F", "#9FD4EE", "#BCA588", "#999999",
        ]).Select(Color.FromHex),
    ];

    private static readonly Color Grey = Color.FromHex("#777777"), Black = Color.FromHex("#000000"),
        Faint = Color.FromHex("#C3CCD5");

    /// <summary>Writes a picture as a PNG and as an SVG.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <returns>The names of the two files, or why one could not be written.</returns>
    public static Fin<(string Png, string Svg)> Write(Picture picture, string folder)
    {
        int columns = Math.Min(picture.Panels.Length, 2), rows = (picture.Panels.Length + 1) / 2;
        (int width, int height) = (columns == 1 ? SingleWidth : Width, rows * Height);
        Multiplot drawing = new() { Layout = new Grid(rows, columns) };
        drawing.AddPlots(picture.Panels.Length);
        string[] names =
        [
            .. picture.Panels.SelectMany(panel => panel.Marks)
                .Select(mark => mark.Like ?? mark.Name).OfType<string>().Distinct(),
        ];
        for (int index = 0; index < picture.Panels.Length; index++) Draw(
            drawing.GetPlot(index), picture.Panels[index], names);

        (string png, string svg) = ($"{picture.Name}.png", $"{picture.Name}.svg");
        byte[] pixels = drawing.Render(width, height).GetImageBytes(ImageFormat.Png);
        using MemoryStream vectors = new();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), vectors))
            drawing.Render(canvas, new PixelRect(0, width, height, 0));
        return from first in AtomicFile.Write(Path.Combine(folder, png), file => file.Write(pixels))
               from second in AtomicFile.Write(Path.Combine(folder, svg), file => vectors.WriteTo(file))
               select (png, svg);
    }

    private static void Draw(Plot plot, Panel panel, string[] names)
    {
        AxisRange x = AxisRange.Of(panel.X, panel.Marks.SelectMany(Across)),
            y = AxisRange.Of(panel.Y, panel.Marks.SelectMany(Up));
        Bars[] bars = [.. panel.Marks.OfType<Bars>()];
        System.Collections.Generic.HashSet<string> named = [];
        foreach (Mark mark in panel.Marks)
        {
            int order = (mark.Like ?? mark.Name) is { } name ? Array.IndexOf(names, name) : -1;
            Color color = order >= 0 ? Colors[order % Colors.Length] : mark is Points ? Black : Grey;
            string legend = mark.Name is { } shown && named.Add(shown) ? shown : "";
            switch (mark)
            {
                case Line line:
                    foreach (Coordinates[] piece in PathClip.Pieces(
                        Drawn(line.X, line.Y, x, y), x.Widened(), y.Widened()))
                    {
                        Scatter scatter = plot.Add.Scatter(piece, color);
                        (scatter.LineWidth, scatter.MarkerSize, scatter.LegendText) =
                            (line.Width, line.HasDots ? DotSize : 0, legend);
                        if (line.IsDashed) scatter.LinePattern = LinePattern.Dashed;
                        legend = "";
                    }

                    break;
                case Points points:
                    Coordinates[] places =
                    [
                        .. Drawn(points.X, points.Y, x, y)
                            .Where(place => double.IsFinite(place.X) && double.IsFinite(place.Y)),
                    ];
                    Markers markers = plot.Add.Markers(
                        places, points.AreStars ? MarkerShape.Asterisk
                            : MarkerShape.FilledCircle, points.AreStars ? StarSize
                            : 2 * DotSize, color);
                    (markers.LegendText, markers.MarkerStyle.LineWidth) = (legend, LineWidth);
                    break;
                case HorizontalLine horizontal:
                    plot.Add.HorizontalLine(y.Drawn(horizontal.Y), LineWidth, color,
                        LinePattern.Dashed).LegendText = legend;
                    break;
                case VerticalLine vertical:
                    plot.Add.VerticalLine(x.Drawn(vertical.X), LineWidth, color,
                        LinePattern.Dashed).LegendText = legend;
                    break;
                case Bars group:
                    double size = 0.8 / bars.Length,
                        shift = (Array.IndexOf(bars, group) - ((bars.Length - 1) / 2.0)) * size;
                    plot.Add.Bars(group.Heights.Select((height, place) => new Bar
                    {
                        Position = place + shift, Size =
                            size, ValueBase = y.Min, Value = y.Drawn(height), FillColor = color, LineWidth = 0,
                    }).Where(bar => double.IsFinite(bar.Value)).ToArray()).LegendText = legend;
                    break;
                case Contours contours:
                    Draw(plot, contours);
                    break;
            }
        }

        plot.Axes.SetLimits(x.Min, x.Max, y.Min, y.Max);
        plot.Axes.Bottom.TickGenerator = x.Ticks(panel.X);
        plot.Axes.Left.TickGenerator = y.Ticks(panel.Y);
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = LeftWidth;
        plot.Title(panel.Title, 18);
        plot.XLabel(panel.X.Label, 15);
        plot.YLabel(panel.Y.Label, 15);
        plot.Font.Set(PictureFont.Name);
        plot.HideLegend();
        if (named.Count == 0) return;
        Legend list = plot.ShowLegend(Edge.Bottom).Legend;
        (list.Orientation, list.FontSize, list.OutlineWidth, list.ShadowColor) =
            (Orientation.Horizontal, 14, 0, ScottPlot.Colors.Transparent);
        list.TightHorizontalWrapping = true;
    }

    private static void Draw(Plot plot, Contours contours)
    {
        Coordinates3d[,] grid = new Coordinates3d[contours.Y.Count, contours.X.Count];
        for (int row = 0; row < contours.Y.Count; row++)
        {
            for (int column = 0; column < contours.X.Count; column++)
            {
                (double atX, double atY) = (contours.X[column], contours.Y[row]);
                grid[row, column] = new Coordinates3d(atX, atY, contours.Height(atX, atY));
            }
        }

        ContourLines lines = plot.Add.ContourLines(grid);
        lines.ContourLineLevels = [.. contours.Levels];
        (lines.LineColor, lines.LineWidth, lines.LabelStyle.IsVisible) = (Faint, 1, false);
        lines.Update(grid);
    }

    private static Coordinates[] Drawn(
        IReadOnlyList<double> acrosses, IReadOnlyList<double> ups, AxisRange x, AxisRange y) =>
        [.. acrosses.Zip(ups, (across, up) => new Coordinates(x.Drawn(across), y.Drawn(up)))];

    private static IEnumerable<double> Across(Mark mark) => mark switch
    {
        Line line => line.X,
        Points points => points.X,
        VerticalLine vertical => [vertical.X],
        Bars bars => [-0.5, bars.Heights.Count - 0.5],
        Contours contours => contours.X,
        _ => [],
    };

    private static IEnumerable<double> Up(Mark mark) => mark switch
    {
        Line line => line.Y,
        Points points => points.Y,
        HorizontalLine horizontal => [horizontal.Y],
        Bars bars => bars.Heights,
        Contours contours => contours.Y,
        _ => [],
    };
}
