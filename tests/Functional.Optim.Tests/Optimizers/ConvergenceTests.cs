namespace Functional.Optim.Tests.Optimizers;

/// <summary>Each optimizer reaches a minimum, and stays there, within a stated number of updates.</summary>
public class ConvergenceTests
{
    private const double Tolerance = 1e-6;

    private static readonly double[] ParabolaStart = [-1, 10, 1], ParabolaMinimum = [1, -1, 1], ValleyStart = [-1.2, 1], ValleyEnd = [1, 1];

    private static readonly (string Name, Optimizer Optimizer, int Steps)[] Parabola =
    [
        ("sgd", Sgd.Of(0.1), 80),
        ("momentum", Sgd.Of(0.02, momentum: 0.9), 340),
        ("nesterov", Sgd.Of(0.02, momentum: 0.9, nesterov: true), 240),
        ("adam", Adam.Of(0.1), 530),
        ("amsgrad", Adam.Of(0.1, amsGrad: AmsGrad.OfMoment), 550),
        ("adamw", AdamW.Of(0.1, weightDecay: 0), 530),
        ("adagrad", Adagrad.Of(5), 40),
        ("adagrad with a falling rate", Adagrad.Of(5, learningRateDecay: 0.01), 50),
        ("rmsprop", RmsProp.Of(0.01), 1800),
        ("rmsprop, centered", RmsProp.Of(0.01, centered: true), 1300),
        ("rmsprop with momentum", RmsProp.Of(Schedule.WarmupCosine(0.01, 1, 1000), momentum: 0.9), 340),
        ("adadelta", Adadelta.Of(1), 2200),
        ("adamax", Adamax.Of(0.2), 510),
        ("nadam", NAdam.Of(0.1), 630),
        ("radam", RAdam.Of(0.1), 520),
        ("rprop", Rprop.Of(0.1, minimumStep: 1e-12), 80),
        ("asgd", Asgd.Of(0.1, lambda: 0), 80),
        ("lion, whose rate has to fall", Lion.Of(Schedule.WarmupCosine(0.1, 1, 4000)), 4000),
        ("lamb, whose rate has to fall", Lamb.Of(Schedule.WarmupExponential(0.3, 1, 500, 1e-9), weightDecay: 0), 380),
        ("lars, whose rate has to fall", Lars.Of(Schedule.WarmupExponential(0.3, 1, 500, 1e-9), coefficient: 1), 390),
        ("adabelief", AdaBelief.Of(0.1), 360),
        ("yogi", Yogi.Of(0.1), 330),
        ("yogi as in Optax", Yogi.Of(0.1, initialAccumulator: 1e-6, biasCorrection: true), 580),
    ];

    private static readonly (string Name, Optimizer Optimizer, int Steps)[] Rosenbrock =
    [
        ("momentum", Sgd.Of(0.001, momentum: 0.9), 3500),
        ("adam", Adam.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 5000),
        ("rmsprop with momentum", RmsProp.Of(Schedule.WarmupCosine(0.001, 1, 10_000), momentum: 0.9), 10_000),
        ("adamax", Adamax.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 6500),
        ("nadam", NAdam.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 8500),
        ("radam", RAdam.Of(Schedule.WarmupCosine(0.001, 1, 20_000)), 15_000),
        ("rprop", Rprop.Of(minimumStep: 1e-12), 8800),
        ("adabelief", AdaBelief.Of(Schedule.WarmupCosine(0.01, 1, 10_000)), 6600),
        ("yogi", Yogi.Of(Schedule.WarmupCosine(0.1, 1, 10_000)), 3900),
    ];

    public static TheoryData<string> ParabolaNames => [.. Parabola.Select(entry => entry.Name)];

    public static TheoryData<string> RosenbrockNames => [.. Rosenbrock.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(ParabolaNames))]
    public void It_reaches_the_minimum_of_a_parabola(string name)
    {
        var (_, optimizer, steps) = Parabola.Single(entry => entry.Name == name);
        AssertReaches(ParabolaMinimum, optimizer, steps, ParabolaStart, ParabolaGradient);
    }

    [Theory]
    [MemberData(nameof(RosenbrockNames))]
    public void It_reaches_the_end_of_Rosenbrocks_valley(string name)
    {
        var (_, optimizer, steps) = Rosenbrock.Single(entry => entry.Name == name);
        AssertReaches(ValleyEnd, optimizer, steps, ValleyStart, ValleyGradient);
    }

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

    private static double[] ParabolaGradient(double[] at) => [.. at.Zip(ParabolaMinimum, (x, minimum) => 2 * (x - minimum))];

    private static double[] ValleyGradient(double[] at)
    {
        double rise = at[1] - (at[0] * at[0]);
        return [(-400 * at[0] * rise) - (2 * (1 - at[0])), 200 * rise];
    }

    private static void AssertReaches(double[] minimum, Optimizer optimizer, int steps, double[] start, Func<double[], double[]> gradient)
    {
        ParameterTree<double> parameters = Tree(start);
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps + 10; step++)
        {
            (parameters, state) = optimizer.Step(parameters, Tree(gradient(parameters.AsSpan("x").ToArray())), state);
            if (step >= steps) AssertThere(minimum, parameters, $"{step} updates");
        }
    }

    private static void AssertReaches(
        double[] minimum, Lbfgs optimizer, int steps, double[] start, Func<double[], double> loss, Func<double[], double[]> gradient)
    {
        ParameterTree<double> parameters = Tree(start);
        LbfgsState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps + 2; step++)
        {
            (parameters, state, _) = optimizer.Step(
                at => (loss(at.AsSpan("x").ToArray()), Tree(gradient(at.AsSpan("x").ToArray()))), parameters, state);
            if (step >= steps) AssertThere(minimum, parameters, $"{step} steps of up to {optimizer.MaximumIterations} iterations");
        }
    }

    private static void AssertThere(double[] minimum, ParameterTree<double> parameters, string after)
    {
        double distance = parameters.AsSpan("x").ToArray().Zip(minimum, (x, best) => Math.Abs(x - best)).Max();
        Assert.True(distance <= Tolerance, $"after {after} it is {distance} away");
    }

    private static ParameterTree<double> Tree(double[] values) => ParameterTree.Of(Leaf.Of("x", [values.Length], values));
}
