using System.Collections.Immutable;
using Functional.Optim;

namespace Experiments;

/// <summary>A function of two variables to minimize.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Height">The function.</param>
/// <param name="Slope">Its gradient.</param>
/// <param name="Minima">Its minima.</param>
public sealed record Surface(
    string Name, Func<double, double, double> Height, Func<double, double, (double X, double Y)> Slope,
    params ImmutableArray<(double X, double Y)> Minima)
{
    private static readonly TreeLayout Plane = TreeLayout.Of(("theta", [2]));

    /// <summary>
    /// ½·θᵀAθ with the source text's A = [[4, 1], [1, 2]], whose eigenvalues are 3 ± √2; the minimum is at the origin.
    /// </summary>
    public static Surface Quadratic { get; } = new(
        "the quadratic",
        (x, y) => (2 * x * x) + (x * y) + (y * y),
        (x, y) => ((4 * x) + y, x + (2 * y)),
        (0, 0));

    /// <summary>(1 − x)² + 100·(y − x²)²: a long bent valley (Rosenbrock, 1960).</summary>
    public static Surface Rosenbrock { get; } = new(
        "Rosenbrock's valley",
        (x, y) => Square(1 - x) + (100 * Square(y - (x * x))),
        (x, y) => ((-2 * (1 - x)) - (400 * x * (y - (x * x))), 200 * (y - (x * x))),
        (1, 1));

    /// <summary>
    /// (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²: flat, with steep corners (Beale, 1958).
    /// </summary>
    public static Surface Beale { get; } = new(
        "Beale's function",
        (x, y) => Square(1.5 - x + (x * y)) + Square(2.25 - x + (x * y * y)) + Square(2.625 - x + (x * y * y * y)),
        (x, y) =>
        {
            (double first, double second, double third) =
                (1.5 - x + (x * y), 2.25 - x + (x * y * y), 2.625 - x + (x * y * y * y));
            return (
                2 * ((first * (y - 1)) + (second * ((y * y) - 1)) + (third * ((y * y * y) - 1))),
                2 * x * (first + (2 * y * second) + (3 * y * y * third)));
        },
        (3, 0.5));

    /// <summary>(x² + y − 11)² + (x + y² − 7)²: four minima of equal height (Himmelblau, 1972).</summary>
    public static Surface Himmelblau { get; } = new(
        "Himmelblau's function",
        (x, y) => Square((x * x) + y - 11) + Square(x + (y * y) - 7),
        (x, y) => ((4 * x * ((x * x) + y - 11)) + (2 * (x + (y * y) - 7)),
            (2 * ((x * x) + y - 11)) + (4 * y * (x + (y * y) - 7))),
        (3, 2), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404));

    /// <summary>The larger eigenvalue of the quadratic: L, the Lipschitz constant of its gradient.</summary>
    public static double MaxCurvature { get; } = 3 + Math.Sqrt(2);

    /// <summary>The smaller eigenvalue of the quadratic.</summary>
    public static double MinCurvature { get; } = 3 - Math.Sqrt(2);

    /// <summary>A point as a parameter tree of one leaf.</summary>
    public static ParameterTree<double> Point(double x, double y)
    {
        TreeBuffer<double> point = Plane.Rent<double>();
        (point.AsSpan()[0], point.AsSpan()[1]) = (x, y);
        return point.ToTree();
    }

    /// <summary>The coordinates of a point.</summary>
    public static (double X, double Y) Coordinates(ParameterTree<double> point) =>
        (point.AsSpan()[0], point.AsSpan()[1]);

    /// <summary>The function at a point.</summary>
    public double At(ParameterTree<double> point)
    {
        (double x, double y) = Coordinates(point);
        return Height(x, y);
    }

    /// <summary>The gradient at a point.</summary>
    public ParameterTree<double> GradientAt(ParameterTree<double> point)
    {
        (double x, double y) = Coordinates(point);
        (double alongX, double alongY) = Slope(x, y);
        return Point(alongX, alongY);
    }

    private static double Square(double value) => value * value;
}
