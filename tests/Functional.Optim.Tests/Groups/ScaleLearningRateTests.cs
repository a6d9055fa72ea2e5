namespace Functional.Optim.Tests.Groups;

public class ScaleLearningRateTests
{
    /// <summary>Of any optimizer, whatever its groups, the step is that with the rate of the schedule scaled.</summary>
    [Fact]
    public void Every_leaf_has_the_scaled_rate_and_a_frozen_one_stays()
    {
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("a", [2], [1f, 2]), Leaf.Of("b", [2], [3f, 4]), Leaf.Of("still", [1], [5f]));
        LeafGroup[] groups =
        [
            LeafGroup.Of("fast", leaf => leaf.Name == "a", learningRateMultiplier: 2),
            LeafGroup.Frozen("still", leaf => leaf.Name == "still"),
        ];
        Func<double, Optimizer>[] makes =
        [
            rate => AdamW.Of(rate, weightDecay: 0.1).WithGroups(groups),
            rate => Clip.ByGlobalNorm(1).Then(Sgd.Of(rate)).WithGroups(groups),
            rate => Accumulate.Of(1, Partition.Of((LeafFilter.All, Sgd.Of(rate)))).WithGroups(groups),
        ];
        foreach (Func<double, Optimizer> make in makes)
        {
            Optimizer scaled = make(0.5).ScaleLearningRate(0.25), expected = make(0.125);
            (ParameterTree<float> made, OptimizerState<float> state) =
                scaled.Step(parameters, parameters, scaled.Init(parameters));
            (ParameterTree<float> right, OptimizerState<float> same) =
                expected.Step(parameters, parameters, expected.Init(parameters));
            Assert.Equal(right, made);
            Assert.Equal(same, state);
            Assert.Equal(expected.Init(parameters).Identity, scaled.Init(parameters).Identity);
            Assert.Same(scaled, scaled.ScaleLearningRate(1));
        }

        Assert.ThrowsAny<ArgumentException>(() => makes[0](1).ScaleLearningRate(double.NaN));
    }
}
