using System.Collections.Immutable;

namespace Experiments;

/// <summary>A picture as data.</summary>
/// <param name="Name">Lower case with hyphens: the name of its files.</param>
/// <param name="Caption">What it shows, in one or two sentences.</param>
/// <param name="Panels">The panels from the left, two in a row.</param>
public sealed record Picture(string Name, string Caption, params ImmutableArray<Panel> Panels);

/// <summary>A plot: marks over two axes.</summary>
/// <param name="Title">The line above the plot.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Marks">
/// What is drawn, in this order. Marks of one name have one colour in all panels of a picture.
/// </param>
public sealed record Panel(string Title, Axis X, Axis Y, params ImmutableArray<Mark> Marks);

/// <summary>An axis. Marks outside its range are cut at the frame; without a range it contains all marks.</summary>
/// <param name="Label">The quantity, with the unit.</param>
/// <param name="IsLog">Whether the axis is logarithmic; values that are not positive are left out.</param>
/// <param name="Min">The lower end; without it the marks decide.</param>
/// <param name="Max">The upper end; without it the marks decide.</param>
public sealed record Axis(string Label, bool IsLog = false, double? Min = null, double? Max = null)
{
    /// <summary>The labels of the places 0, 1, 2, …; without them the labels are numbers.</summary>
    public ImmutableArray<string> Names { get; init; } = [];
}

/// <summary>A part of a plot.</summary>
/// <param name="Name">The name in the legend; without a name it is not in the legend.</param>
public abstract record Mark(string? Name)
{
    /// <summary>
    /// The name of the mark whose colour this one has. Without it and without a name the
    /// colour is grey, of points black.
    /// </summary>
    public string? Like { get; init; }
}

/// <summary>Points joined by a line. A point that is not finite is a gap.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">The horizontal coordinates.</param>
/// <param name="Y">The vertical coordinates; as many.</param>
public sealed record Line(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark(Name)
{
    /// <summary>Whether it is dashed.</summary>
    public bool IsDashed { get; init; }

    /// <summary>The width in pixels. A wide line stays visible below a narrow one.</summary>
    public float Width { get; init; } = 2;

    /// <summary>Whether each point has a dot.</summary>
    public bool HasDots { get; init; }

    /// <summary>A line over 0, 1, 2, ….</summary>
    public static Line Over(string? name, IReadOnlyList<double> y) =>
        new(name, [.. Enumerable.Range(0, y.Count).Select(x => (double)x)], y);
}

/// <summary>Points that are not joined.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">The horizontal coordinates.</param>
/// <param name="Y">The vertical coordinates; as many.</param>
public sealed record Points(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark(Name)
{
    /// <summary>Whether they are stars; otherwise they are dots.</summary>
    public bool AreStars { get; init; }
}

/// <summary>A horizontal line across the panel.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Y">Its vertical coordinate.</param>
public sealed record HorizontalLine(string? Name, double Y) : Mark(Name);

/// <summary>A vertical line across the panel.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">Its horizontal coordinate.</param>
public sealed record VerticalLine(string? Name, double X) : Mark(Name);

/// <summary>Bars from the lower end of the axis. Bars of several marks in a panel stand side by side.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Heights">The heights at the places 0, 1, 2, ….</param>
public sealed record Bars(string? Name, IReadOnlyList<double> Heights) : Mark(Name);

/// <summary>Contour lines of a function of two variables.</summary>
/// <param name="X">The horizontal coordinates of the grid, ascending and evenly spaced.</param>
/// <param name="Y">The vertical coordinates of the grid, likewise.</param>
/// <param name="Height">The function.</param>
/// <param name="Levels">The values of the function on the lines.</param>
public sealed record Contours(
    IReadOnlyList<double> X, IReadOnlyList<double> Y, Func<double, double, double> Height, IReadOnlyList<double> Levels)
    : Mark((string?)null);
