using System.Numerics;

namespace Functional.Optim.Tests.Transforms;

public class CautiousTests
{
    private static readonly Optimizer[] Moments =
    [
        Adam.Scaling(), Lion.Scaling(), Momentum.Of(0.9), Clip.ByGlobalNorm(0.5).Then(Ema.Of(0.9)),
        Partition.Of(new("vectors", leaf => leaf.Rank == 1, Momentum.Of(0.5)), new("rest", _ => true, Adam.Scaling())),
    ];

    public static TheoryData<int, CautiousForm> Cases
    {
        get
        {
            TheoryData<int, CautiousForm> cases = [];
            for (int moments = 0; moments < Moments.Length; moments++)
            {
                foreach (CautiousForm form in Enum.GetValues<CautiousForm>()) cases.Add(moments, form);
            }

            return cases;
        }
    }

    /// <summary>The law of the mask: u'·g ≥ 0, element by element.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void No_update_points_up_the_gradient(int moments, CautiousForm form)
    {
        Check<float>();
        Check<double>();

        void Check<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Optimizer masked = Moments[moments].Then(Cautious.Of(form)),
                turned = Scale.By(-1).Then(Moments[moments]).Then(Cautious.Of(form, maximize: true));
            ParameterTree<T> parameters = Tree<T>(0, 1);
            OptimizerState<T> down = masked.Init(parameters), up = turned.Init(parameters);
            int left = 0;
            for (int step = 1; step <= 40; step++)
            {
                // Gradients of many sizes, whose products with an update may be 0.
                ParameterTree<T> gradients = Tree<T>(step, Math.ScaleB(1, step % 2 == 0 ? -70 : 3));
                (ParameterTree<T> falling, down) = masked.Update(parameters, gradients, down);
                (ParameterTree<T> rising, up) = turned.Update(parameters, gradients, up);
                for (int k = 0; k < falling.AsSpan().Length; k++)
                {
                    // What is returned is added to the parameters: the update with the other sign.
                    Assert.True(T.Sign(falling.AsSpan()[k]) * T.Sign(gradients.AsSpan()[k]) <= 0);
                    Assert.True(T.Sign(rising.AsSpan()[k]) * T.Sign(gradients.AsSpan()[k]) >= 0);
                    if (falling.AsSpan()[k] == T.Zero) left++;
                }
            }

            Assert.True(left > 0);
        }
    }

    [Fact]
    public void What_agrees_is_scaled_by_the_part_that_does()
    {
        double[] updates = [1, -1, 2, 4], gradients = [1, 1, -1, -1];
        Assert.Equal([4, 0, 0, 0], Masked(CautiousForm.Mean));
        Assert.Equal([2, 0, 0, 0], Masked(CautiousForm.CountPlusOne));
        gradients = [1, -1, 1, 1];
        Assert.Equal(updates, Masked(CautiousForm.Mean));
        Assert.Equal([0.8, -0.8, 1.6, 3.2], Masked(CautiousForm.CountPlusOne));
        gradients = [-1, 1, 0, -1];
        Assert.Equal([0, 0, 0, 0], Masked(CautiousForm.Mean));

        double[] Masked(CautiousForm form)
        {
            // Momentum from a state whose next value is the update: μ·m + g.
            Optimizer optimizer = Momentum.Of(0.5).Then(Cautious.Of(form));
            double[] trace = [.. updates.Zip(gradients, (u, g) => 2 * (u - g))];
            ParameterTree<double> zero = ParameterTree.Of(Leaf.Of("x", [4], [0.0, 0, 0, 0]));
            OptimizerState<double> state = new(1, ["momentum"], [ParameterTree.Of(Leaf.Of("x", [4], trace))]);
            return Array.ConvertAll(
                optimizer.Update(zero, ParameterTree.Of(Leaf.Of("x", [4], gradients)), state).Deltas.AsSpan("x")
                    .ToArray(),
                delta => 0 - delta);
        }
    }

    /// <summary>The floor of the mean of the mask: one of 10 000 that agrees is scaled by 1000.</summary>
    [Fact]
    public void A_lonely_element_is_scaled_by_no_more_than_a_thousand()
    {
        const int length = 10_000;
        double[] gradient = new double[length];
        gradient[7] = 2;
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [length], gradient));
        Optimizer cautious = Cautious.Of();
        Assert.Equal(
            -2000, cautious.Update(gradients, gradients, cautious.Init(gradients)).Deltas.AsSpan("x")[7], 1e-9);
    }

    /// <summary>Grouped code of C-Optim masks m by m, and so not at all.</summary>
    [Fact]
    public void The_mask_is_not_that_of_the_update_with_itself_as_in_grouped_code()
    {
        Optimizer plain = Adam.Scaling(), masked = plain.Then(Cautious.Of());
        ParameterTree<double> parameters = Tree<double>(0, 1);
        OptimizerState<double> state = plain.Init(parameters), maskedState = masked.Init(parameters);
        (_, state) = plain.Update(parameters, Tree<double>(1, 1), state);
        (_, maskedState) = masked.Update(parameters, Tree<double>(1, 1), maskedState);
        ParameterTree<double> turned = Tree<double>(1, -1);
        ParameterTree<double> expected = plain.Update(parameters, turned, state).Deltas;
        ParameterTree<double> actual = masked.Update(parameters, turned, maskedState).Deltas;
        Assert.Contains(true, expected.AsSpan().ToArray().Select(delta => delta != 0));
        Assert.NotEqual(expected, actual);
    }

    [Fact]
    public void The_gradient_is_that_of_the_step_where_it_is_donated()
    {
        Optimizer masked = Momentum.Of(0.9).Then(Clip.ByGlobalNorm(1)).Then(Cautious.Of()).Then(LearningRate.Of(0.1));
        ParameterTree<double> parameters = Tree<double>(0, 1), donated = parameters.Copy();
        OptimizerState<double> state = masked.Init(parameters), donatedState = masked.Init(donated);
        for (int step = 1; step <= 5; step++)
        {
            (parameters, state) = masked.Step(parameters, Tree<double>(step, 1), state);
            (donated, donatedState) = masked.StepDonating(donated, Tree<double>(step, 1), donatedState);
            Assert.Equal((parameters, state), (donated, donatedState));
        }
    }

    private static ParameterTree<T> Tree<T>(int step, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] Values(int length) =>
        [
            .. Enumerable.Range(0, length).Select(k =>
                T.CreateTruncating(k % 5 == 4 ? 0 : scale * Math.Sin((2.1 * step) + (0.7 * k) + length))),
        ];
        return ParameterTree.Of(
            Leaf.Of("w", [5, 7], Values(35)), Leaf.Of("b", [3], Values(3)), Leaf.Of("e", [0], Values(0)),
            Leaf.Of("s", [], Values(1)));
    }
}
