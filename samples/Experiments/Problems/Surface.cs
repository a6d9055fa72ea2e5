using Functional.Optim;

namespace Experiments;

/// <summary>A function of the plane to go down on.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Height">The function.</param>
/// <param name="Slope">Its gradient.</param>
public sealed record Surface(string Name, Func<double, double, double> Height, Func<double, double, (double X, double Y)> Slope)
{
    private static readonly TreeLayout Plane = TreeLayout.Of(("theta", [2]));

    /// <summary>½·θᵀAθ with the chapter's A = [[4, 1], [1, 2]], whose eigenvalues are 3 ± √2; least at the origin.</summary>
    public static Surface Quadratic { get; } = new(
        "quadratic",
        (x, y) => (2 * x * x) + (x * y) + (y * y),
        (x, y) => ((4 * x) + y, x + (2 * y)));

    /// <summary>The greater eigenvalue of the quadratic: L, the Lipschitz constant of its gradient.</summary>
    public static double GreaterCurvature { get; } = 3 + Math.Sqrt(2);

    /// <summary>The lesser eigenvalue of the quadratic.</summary>
    public static double LesserCurvature { get; } = 3 - Math.Sqrt(2);

    /// <summary>A point as a parameter tree of one leaf.</summary>
    public static ParameterTree<double> Point(double x, double y)
    {
        TreeBuffer<double> point = Plane.Rent<double>();
        (point.AsSpan()[0], point.AsSpan()[1]) = (x, y);
        return point.ToTree();
    }

    /// <summary>The coordinates of a point.</summary>
    public static (double X, double Y) Coordinates(ParameterTree<double> point) => (point.AsSpan()[0], point.AsSpan()[1]);

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
}
