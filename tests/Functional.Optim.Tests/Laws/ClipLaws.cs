using System.Numerics;
using FsCheck.Xunit;

namespace Functional.Optim.Tests.Laws;

public class ClipLaws
{
    private static readonly double[] Maxima = [1e-3, 0.5, 1, 1e3];

    [Property]
    public void The_norm_after_is_the_maximum_to_an_ulp_and_the_direction_stays_in_float(Problem problem) => Scaled<float>(problem, 1.2e-7);

    [Property]
    public void The_norm_after_is_the_maximum_to_an_ulp_and_the_direction_stays_in_double(Problem problem) =>
        Scaled<double>(problem, 4.5e-16);

    [Fact]
    public void One_element_is_brought_to_the_maximum_and_never_above_it()
    {
        foreach (float maximum in (float[])[1, 3, 1000])
        {
            Optimizer clip = Clip.ByGlobalNorm(maximum);
            for (int thirds = 4; thirds < 2000; thirds++)
            {
                float clipped = Clipped(clip, ParameterTree.Of(Leaf.Of("w", [1], [maximum * thirds / 3]))).AsSpan()[0];
                Assert.InRange(clipped, maximum * (1 - 2.4e-7f), maximum);
            }
        }
    }

    [Property]
    public void Clipping_twice_is_clipping_once_to_an_ulp(Problem problem)
    {
        foreach (double maximum in Maxima)
        {
            ParameterTree<float> once = Clipped(Clip.ByGlobalNorm(maximum), problem.Gradients<float>(1));
            ReadOnlySpan<float> twice = Clipped(Clip.ByGlobalNorm(maximum), once).AsSpan();
            for (int index = 0; index < twice.Length; index++)
            {
                float value = once.AsSpan()[index];
                Assert.InRange(twice[index], MathF.BitDecrement(value), MathF.BitIncrement(value));
            }

            ParameterTree<float> limited = Clipped(Clip.ByValue(maximum), problem.Gradients<float>(1));
            Assert.Equal(limited, Clipped(Clip.ByValue(maximum), limited));
        }
    }

    [Property]
    public void Where_no_clip_is_due_the_gradient_has_its_bits(Problem problem)
    {
        ParameterTree<float> gradients = problem.Gradients<float>(1);
        double norm = gradients.GlobalNorm();
        foreach (double maximum in (double[])[norm, 2 * norm, double.MaxValue, double.PositiveInfinity])
            Assert.Equal(gradients, Clipped(Clip.ByGlobalNorm(maximum), gradients));
        Assert.Equal(gradients, Clipped(Clip.ByValue(double.PositiveInfinity), gradients));
    }

    [Property]
    public void With_the_maximum_zero_nothing_is_left_and_a_gradient_of_zeros_stays(Problem problem)
    {
        ParameterTree<double> gradients = problem.Gradients<double>(1), zeros = gradients.Layout.Zeros<double>();
        foreach (Optimizer clip in (Optimizer[])[Clip.ByGlobalNorm(0), Clip.ByValue(0)])
            Assert.Equal(-1, Clipped(clip, gradients).AsSpan().IndexOfAnyExcept(0.0));
        foreach (double maximum in (double[])[0, 1, double.PositiveInfinity])
        {
            Assert.Equal(zeros, Clipped(Clip.ByGlobalNorm(maximum), zeros));
            Assert.Equal(-1, Clipped(Clip.ByValue(maximum), zeros).AsSpan().IndexOfAnyExcept(0.0));
        }
    }

    [Property]
    public void Each_element_is_brought_between_the_limits_and_no_other_changes(Problem problem)
    {
        ReadOnlySpan<float> gradients = problem.Gradients<float>(1).AsSpan();
        foreach (double limit in Maxima)
        {
            ReadOnlySpan<float> after = Clipped(Clip.ByValue(limit), problem.Gradients<float>(1)).AsSpan();
            for (int index = 0; index < after.Length; index++)
                Assert.Equal(Math.Clamp(gradients[index], -(float)limit, (float)limit), after[index]);
        }
    }

    [Fact]
    public void The_norm_is_that_of_the_leaves_that_are_not_frozen()
    {
        Optimizer clip = Clip.ByGlobalNorm(2.5).WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "b"));
        ParameterTree<double> clipped = Clipped(
            clip, ParameterTree.Of(Leaf.Of("a", [1], [3.0]), Leaf.Of("b", [1], [1e9]), Leaf.Of("c", [1], [-4.0])));
        Assert.Equal((1.5, 0, -2), (clipped.AsSpan("a")[0], Math.Abs(clipped.AsSpan("b")[0]), clipped.AsSpan("c")[0]));
    }

    private static void Scaled<T>(Problem problem, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> gradients = problem.Gradients<T>(1);
        double norm = gradients.GlobalNorm();
        foreach (double maximum in Maxima)
        {
            ParameterTree<T> clipped = Clipped(Clip.ByGlobalNorm(maximum), gradients);
            if (norm <= maximum) continue;

            // Below the smallest normal number a factor, or an element, has fewer bits than its type.
            double normal = 1e-38 * norm / maximum;
            Assert.InRange(clipped.GlobalNorm(), maximum * (1 - (2 * tolerance) - normal), maximum * (1 + tolerance));
            for (int index = 0; index < gradients.AsSpan().Length; index++)
            {
                double exact = double.CreateTruncating(gradients.AsSpan()[index]) / norm * maximum;
                double allowed = (Math.Abs(exact) * ((2 * tolerance) + normal)) + 1e-45;
                Assert.Equal(exact, double.CreateTruncating(clipped.AsSpan()[index]), allowed);
            }
        }
    }

    private static ParameterTree<T> Clipped<T>(Optimizer clip, ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> deltas, _) = clip.Update(gradients, gradients, clip.Init(gradients));
        (ParameterTree<T> negated, _) = Composition.Identity.Update(gradients, deltas, Composition.Identity.Init(gradients));
        return negated;
    }
}
