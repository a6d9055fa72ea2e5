namespace Functional.Optim.Autodiff;

/// <summary>A shape around one of its dimensions: [outer, length, inner], where inner is contiguous.</summary>
internal readonly record struct AxisView(int Axis, int Outer, int Length, int Inner)
{
    /// <summary>The view of a dimension, which counts from the end if it is negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The shape does not have this dimension.</exception>
    internal static AxisView Of(Shape shape, int axis)
    {
        if (axis < -shape.Rank || axis >= shape.Rank)
        {
            string allowed = shape.Rank == 0 ? "a scalar has none" : $"allowed are {-shape.Rank} to {shape.Rank - 1}";
            throw new ArgumentOutOfRangeException(
                nameof(axis), axis, $"{axis} is not a dimension of the shape {shape}: {allowed}.");
        }

        if (axis < 0) axis += shape.Rank;
        int outer = 1, inner = 1;
        for (int dimension = 0; dimension < axis; dimension++) outer *= shape[dimension];
        for (int dimension = axis + 1; dimension < shape.Rank; dimension++) inner *= shape[dimension];
        return new(axis, outer, shape[axis], inner);
    }
}
