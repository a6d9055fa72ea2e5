using System.Numerics;
using FsCheck.Xunit;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

public class ClipLawTests
{
    private static readonly double[] Maxima = [1e-3, 0.5, 1, 1e3];

    public static TheoryData<double, NormKind, bool> Clips
    {
        get
        {
            TheoryData<double, NormKind, bool> clips = [];
            foreach (double maximum in Maxima)
            {
                foreach (NormKind kind in Enum.GetValues<NormKind>())
                {
                    clips.Add(maximum, kind, false);
                    clips.Add(maximum, kind, true);
                }
            }

            return clips;
        }
    }

    [Theory]
    [MemberData(nameof(Clips))]
    public void A_clip_by_norm_obeys_every_law(double maximum, NormKind kind, bool leafByLeaf) =>
        ClipLaws.All(
            leafByLeaf ? Clip.ByLeafNorm(maximum, kind) : Clip.ByGlobalNorm(maximum, kind), maximum, kind, leafByLeaf);

    [Property]
    public void Limiting_twice_is_limiting_once(Problem problem)
    {
        foreach (double maximum in Maxima)
        {
            ParameterTree<float> limited = Clipped(Clip.ByValue(maximum), problem.Gradients<float>(1));
            Assert.Equal(limited, Clipped(Clip.ByValue(maximum), limited));
        }
    }

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

    private static ParameterTree<T> Clipped<T>(Optimizer clip, ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> deltas, _) = clip.Update(gradients, gradients, clip.Init(gradients));
        (ParameterTree<T> negated, _) =
            Composition.Identity.Update(gradients, deltas, Composition.Identity.Init(gradients));
        return negated;
    }
}
