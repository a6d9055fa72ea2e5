using Functional.Optim.Laws;
using Functional.Optim.Tests.Cases;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// The formulas once more, as the papers write them and one number at a time, for the optimizers and options that the
/// golden trajectories do not cover.
/// </summary>
public class FormulaTests
{
    private const int Steps = 30;

    private static readonly FormulaCase[] Cases = [.. Laws.Catalogue.Cases.SelectMany(one => one.Formulas)];

    public static TheoryData<string> Names => [.. Cases.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_steps_and_the_state_are_those_of_the_formula(string name)
    {
        (_, Optimizer optimizer, Func<double, double[]> start, ElementReference formula) = Get(name);
        double[] thetas = [.. Enumerable.Range(0, 21).Select(index => Math.Cos(index))];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [thetas.Length], thetas));
        OptimizerState<double> state = optimizer.Init(parameters);
        double[][] slots = [.. thetas.Select(start)];
        for (int step = 1; step <= Steps; step++)
        {
            double[] gradient = [.. Enumerable.Range(0, thetas.Length).Select(index => Gradient(step, index))];
            ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [thetas.Length], gradient));
            (parameters, state) = optimizer.Step(parameters, gradients, state);
            for (int index = 0; index < thetas.Length; index++)
            {
                thetas[index] = formula(step, thetas[index], gradient[index], slots[index]);
                Assert.Equal(thetas[index], parameters.AsSpan("x")[index], 1e-12);
                for (int slot = 0; slot < state.SlotCount; slot++)
                    Assert.Equal(slots[index][slot], state[slot].AsSpan("x")[index], 1e-12);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_steps_are_those_of_the_formula_on_any_leaves(string name) =>
        OptimizerLaws.Matches(Get(name).Optimizer, Get(name).Step, Get(name).Start);

    [Fact]
    public void Yogi_keeps_a_second_moment_that_the_square_equals()
    {
        Optimizer yogi = Yogi.Of(0.1, initialAccumulator: 4);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [3], [0.0, 0, 0]));
        var (_, state) = yogi.Step(parameters, ParameterTree.Of(Leaf.Of("x", [3], [2.0, 1, 3])), yogi.Init(parameters));
        Assert.Equal([4, 4 - 0.001, 4 + 0.009], state["v"].AsSpan("x").ToArray().Select(v => Math.Round(v, 12)));
    }

    /// <summary>Waves of several lengths, with a zero now and then and signs that flip.</summary>
    private static double Gradient(int step, int index) =>
        (step + index) % 7 == 0 ? 0 : Math.Sin((0.9 * step) + index) * (1 + (0.3 * index));

    private static FormulaCase Get(string name) => Cases.Single(entry => entry.Name == name);
}
