using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Experiments;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments.Plots;

public sealed partial class PictureFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_picture_of_every_mark_is_a_png_and_an_svg_of_its_size()
    {
        Panel panel = new(
            "All marks", new Axis("place") { Names = ["one", "two"] }, new Axis("height (m)", IsLog: true),
            Line.Over("line", [1, 100]), new Points("points", [0, 1], [3, 4]) { AreStars = true },
            new HorizontalLine("level", 2), new VerticalLine("upright", 0.5),
            new Bars("bars", [5, 6]), new Bars("more bars", [7, 8]),
            new Contours([0, 1], [1, 10], (x, y) => x + y, [2, 3]));
        Assert.Equal(("all.png", "all.svg"),
            PictureFile.Write(new Picture("all", "All marks.", panel, panel, panel), folder.Root).Value());
        byte[] png = File.ReadAllBytes(folder.At("all.png"));
        Assert.Equal((1400, 1120),
            (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
        string text = string.Concat(
            XDocument.Load(folder.At("all.svg")).Root!.DescendantNodes().OfType<XText>().Select(node => node.Value));
        foreach (string word in (string[])["All marks", "place", "height (m)", "one", "two", "line", "points", "level",
            "upright", "more bars"])
            Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_runs_off_is_cut_near_the_frame_and_what_is_no_number_is_a_gap()
    {
        double[] diverging =
        [
            .. Enumerable.Range(0, 300).Select(step => Math.Pow(-20, step)), double.NaN, 0, double.PositiveInfinity, 1,
        ];
        _ = PictureFile.Write(
            new Picture("cut", "Cut.", new Panel(
                "Cut", new Axis("step"), new Axis("θ", Min: -10, Max: 10), Line.Over("diverging", diverging))),
            folder.Root).Value();
        string svg = File.ReadAllText(folder.At("cut.svg"));
        Assert.DoesNotContain("nan", svg, StringComparison.OrdinalIgnoreCase);
        string[] paths =
        [
            .. XDocument.Parse(svg).Descendants()
                .Where(element => element.Name.LocalName == "path").Select(path => (string)path.Attribute("d")!),
        ];
        Assert.NotEmpty(paths);
        Assert.All(
            paths.SelectMany(path => Coordinate().Matches(path))
                .Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)),
            place => Assert.InRange(place, -2000, 3000));
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Coordinate();
}
