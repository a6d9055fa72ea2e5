using System.Collections.Immutable;

namespace Experiments;

/// <summary>A picture as data: panels beside and below each other.</summary>
/// <param name="Name">Lower case with hyphens: the name of its files.</param>
/// <param name="Caption">What it shows, in a sentence.</param>
/// <param name="Panels">From the left, two to a row.</param>
public sealed record Picture(string Name, string Caption, params ImmutableArray<Panel> Panels);

/// <summary>Marks over two axes.</summary>
/// <param name="Title">A line above it.</param>
/// <param name="X">The axis below.</param>
/// <param name="Y">The axis at the left.</param>
/// <param name="Marks">What is drawn, in this order; those of one name have one colour in all panels of a picture.</param>
public sealed record Panel(string Title, Axis X, Axis Y, params ImmutableArray<Mark> Marks);

/// <summary>An axis. What lies outside its range is cut at the frame; without a range it takes in all the marks.</summary>
/// <param name="Label">What it measures, with the unit.</param>
/// <param name="IsLog">Whether equal ratios have equal lengths; what is not positive is left out.</param>
/// <param name="Least">Its lower end, where the marks do not decide.</param>
/// <param name="Greatest">Its upper end, where the marks do not decide.</param>
public sealed record Axis(string Label, bool IsLog = false, double? Least = null, double? Greatest = null)
{
    /// <summary>Names for the places 0, 1, 2 and so on, instead of numbers.</summary>
    public ImmutableArray<string> Names { get; init; } = [];
}

/// <summary>Something drawn in a panel.</summary>
/// <param name="Name">What the legend calls it; without a name it is not in the legend.</param>
public abstract record Mark(string? Name)
{
    /// <summary>The name of another mark, whose colour this one shall have; without one and without a name it is grey, points black.</summary>
    public string? Like { get; init; }
}

/// <summary>Points joined by a line. Non-finite points are gaps.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Where the points are.</param>
/// <param name="Y">As many.</param>
public sealed record Line(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark(Name)
{
    /// <summary>Whether it is broken.</summary>
    public bool IsDashed { get; init; }

    /// <summary>In pixels; where lines run over each other, wider ones below are still seen.</summary>
    public float Width { get; init; } = 2;

    /// <summary>Whether each point is a dot.</summary>
    public bool HasDots { get; init; }

    /// <summary>A line over 0, 1, 2 and so on.</summary>
    public static Line Over(string? name, IReadOnlyList<double> y) => new(name, [.. Enumerable.Range(0, y.Count).Select(x => (double)x)], y);
}

/// <summary>Points that are not joined.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="X">Where the points are.</param>
/// <param name="Y">As many.</param>
public sealed record Points(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Mark(Name)
{
    /// <summary>Whether they are stars, to be seen among lines, rather than dots.</summary>
    public bool AreStars { get; init; }
}

/// <summary>A level line across the panel.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Y">Where it is.</param>
public sealed record Level(string? Name, double Y) : Mark(Name);

/// <summary>An upright line across the panel.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Where it is.</param>
public sealed record Upright(string? Name, double X) : Mark(Name);

/// <summary>Bars from the lower end of the axis; those of several such marks in a panel stand side by side at each place.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="Heights">The bar at the place 0, 1, 2 and so on.</param>
public sealed record Bars(string? Name, IReadOnlyList<double> Heights) : Mark(Name);

/// <summary>Lines of equal height of a function of the plane.</summary>
/// <param name="X">The grid's places along x, ascending and evenly spaced.</param>
/// <param name="Y">The grid's places along y, the same.</param>
/// <param name="Height">The function.</param>
/// <param name="Levels">The heights of the lines.</param>
public sealed record Contours(IReadOnlyList<double> X, IReadOnlyList<double> Y, Func<double, double, double> Height, IReadOnlyList<double> Levels)
    : Mark((string?)null);
