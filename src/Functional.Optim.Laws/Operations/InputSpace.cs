using System.Collections.Immutable;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

/// <summary>
/// The inputs that <see cref="OperationLaws"/> try: their shapes, and the numbers in them. The numbers of an input are
/// spread over the range and no two are near each other, so that a largest one has a derivative too.
/// </summary>
/// <param name="Shapes">For each case the shapes of all inputs; the smallest cases first.</param>
public sealed record InputSpace(params ImmutableArray<ImmutableArray<Shape>> Shapes)
{
    /// <summary>The smallest number; finite and less than <see cref="Maximum"/>. Raise it for a logarithm.</summary>
    public double Minimum { get; init => field = Bounds.Finite.Check(value); } = -2;

    /// <summary>The largest number; finite.</summary>
    public double Maximum { get; init => field = Bounds.Finite.Check(value); } = 2;

    /// <summary>
    /// No number is nearer to 0 than this, where a function may have no derivative; not negative, and less than the
    /// larger of |<see cref="Minimum"/>| and |<see cref="Maximum"/>|.
    /// </summary>
    public double Gap { get; init => field = Bounds.NotNegative.Check(value); } = 0.25;

    /// <summary>One input, of rank 0 to 4, with sizes below, at and above those of vectors.</summary>
    public static InputSpace OfOne { get; } = new([[]], [[1]], [[5]], [[3, 7]], [[2, 3, 4]], [[2, 1, 3, 11]], [[0, 2]]);

    /// <summary>Numbers of the range in random order, one in the middle of each of equal parts.</summary>
    internal double[] Numbers(Philox random, ulong stream, int count)
    {
        double below = Math.Max(0, -Gap - Minimum - Math.Max(0, -Gap - Maximum));
        double above = Math.Max(0, Maximum - Math.Max(Gap, Minimum)), length = below + above;
        if (!(Minimum < Maximum && length > 0))
        {
            throw new ArgumentException(
                $"There are no numbers from {Minimum} to {Maximum} that are not nearer to 0 than {Gap}.");
        }

        double[] numbers = new double[count];
        for (int index = 0; index < count; index++)
        {
            double part = 0.25 + (0.5 * random.Uniform((ulong)index, (2 * stream) + 1));
            double at = (index + part) / count * length;
            double number = at < below ? Minimum + at : Math.Max(Gap, Minimum) + (at - below);
            // A number of both types, so that they can be compared.
            numbers[index] = (float)number;
        }

        for (int index = count - 1; index > 0; index--)
        {
            int other = (int)((index + 1) * random.Uniform((ulong)index, 2 * stream));
            (numbers[index], numbers[other]) = (numbers[other], numbers[index]);
        }

        return numbers;
    }
}
