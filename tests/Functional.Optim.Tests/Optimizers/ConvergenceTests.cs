using Functional.Optim.Tests.Cases;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Each optimizer reaches a minimum, and stays there, within a stated number of updates.</summary>
public class ConvergenceTests
{
    private const double Tolerance = 1e-6;

    private static readonly double[] ParabolaStart = [-1, 10, 1], ParabolaMinimum = [1, -1, 1], ValleyStart = [-1.2, 1],
        ValleyEnd = [1, 1];

    private static readonly ConvergenceCase[] Parabolas = [.. Laws.Catalogue.Cases.SelectMany(one => one.Parabola)];

    private static readonly ConvergenceCase[] Valleys = [.. Laws.Catalogue.Cases.SelectMany(one => one.Valley)];

    public static TheoryData<string> ParabolaNames => [.. Parabolas.Select(entry => entry.Name)];

    public static TheoryData<string> ValleyNames => [.. Valleys.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(ParabolaNames))]
    public void It_reaches_the_minimum_of_a_parabola(string name) =>
        AssertReaches(ParabolaMinimum, Parabolas.Single(entry => entry.Name == name), ParabolaStart, ParabolaGradient);

    [Theory]
    [MemberData(nameof(ValleyNames))]
    public void It_reaches_the_end_of_Rosenbrocks_valley(string name) =>
        AssertReaches(ValleyEnd, Valleys.Single(entry => entry.Name == name), ValleyStart, ValleyGradient);

    [Theory]
    [InlineData(LineSearch.None, 1)]
    [InlineData(LineSearch.StrongWolfe, 3)]
    public void Lbfgs_reaches_the_minimum_of_a_parabola(LineSearch lineSearch, int steps) => AssertReaches(
        ParabolaMinimum, Lbfgs.Of(lineSearch: lineSearch), steps, ParabolaStart,
        at => at.Zip(ParabolaMinimum, (x, minimum) => (x - minimum) * (x - minimum)).Sum(), ParabolaGradient);

    [Fact]
    public void Lbfgs_with_a_line_search_reaches_the_end_of_Rosenbrocks_valley() => AssertReaches(
        ValleyEnd, Lbfgs.Of(changeTolerance: 1e-18, lineSearch: LineSearch.StrongWolfe), 3, ValleyStart,
        at => Math.Pow(1 - at[0], 2) + (100 * Math.Pow(at[1] - (at[0] * at[0]), 2)), ValleyGradient);

    private static double[] ParabolaGradient(double[] at) =>
        [.. at.Zip(ParabolaMinimum, (x, minimum) => 2 * (x - minimum))];

    private static double[] ValleyGradient(double[] at)
    {
        double rise = at[1] - (at[0] * at[0]);
        return [(-400 * at[0] * rise) - (2 * (1 - at[0])), 200 * rise];
    }

    private static void AssertReaches(
        double[] minimum, ConvergenceCase reaching, double[] start, Func<double[], double[]> gradient)
    {
        (_, Optimizer optimizer, int steps) = reaching;
        ParameterTree<double> parameters = Tree(start);
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps + 10; step++)
        {
            (parameters, state) = optimizer.Step(parameters, Tree(gradient(parameters.AsSpan("x").ToArray())), state);
            if (step >= steps) AssertThere(minimum, parameters, $"{step} updates");
        }
    }

    private static void AssertReaches(
        double[] minimum, Lbfgs optimizer, int steps, double[] start, Func<double[], double> loss,
        Func<double[], double[]> gradient)
    {
        ParameterTree<double> parameters = Tree(start);
        LbfgsState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps + 2; step++)
        {
            (parameters, state, _) = optimizer.Step(
                at => (loss(at.AsSpan("x").ToArray()), Tree(gradient(at.AsSpan("x").ToArray()))), parameters, state);
            if (step >= steps)
                AssertThere(minimum, parameters, $"{step} steps of up to {optimizer.MaximumIterations} iterations");
        }
    }

    private static void AssertThere(double[] minimum, ParameterTree<double> parameters, string after)
    {
        double distance = parameters.AsSpan("x").ToArray().Zip(minimum, (x, best) => Math.Abs(x - best)).Max();
        Assert.True(distance <= Tolerance, $"after {after} it is {distance} away");
    }

    private static ParameterTree<double> Tree(double[] values) =>
        ParameterTree.Of(Leaf.Of("x", [values.Length], values));
}
