namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// The formulas once more, as the papers write them and one number at a time, for the optimizers and options that torch's trajectories
/// do not cover. The ε are large enough to tell where they stand.
/// </summary>
public class FormulaTests
{
    private const int Steps = 30;
    private const double Rate = 0.1;
    private const double Decay = 0.05;

    /// <summary>From t, θ, g and the state to the new θ; the state is written in place.</summary>
    private delegate double Formula(int t, double theta, double g, double[] s);

    private static readonly (string Name, Optimizer Optimizer, Func<double, double[]> Start, Formula Formula)[] Cases =
    [
        ("adagrad with both epsilons", Adagrad.Of(Rate, 0.5, 0.2, 0.1, 0.3), Constants(0.2), (t, theta, g, s) =>
        {
            s[0] += g * g;
            return theta - (Rate / (1 + (0.5 * (t - 1))) * g / (Math.Sqrt(s[0] + 0.3) + 0.1));
        }),
        ("rmsprop with both epsilons", RmsProp.Of(Rate, 0.8, 0.1, 0.3), Constants(0), (_, theta, g, s) =>
        {
            s[0] = (0.8 * s[0]) + (0.2 * g * g);
            return theta - (Rate * g / (Math.Sqrt(s[0] + 0.3) + 0.1));
        }),
        ("rmsprop, centered, with momentum", RmsProp.Of(Rate, 0.8, 0.1, 0.3, true, 0.7), Constants(0, 0, 0), (_, theta, g, s) =>
        {
            s[0] = (0.8 * s[0]) + (0.2 * g * g);
            s[1] = (0.8 * s[1]) + (0.2 * g);
            s[2] = (0.7 * s[2]) + (g / (Math.Sqrt(s[0] - (s[1] * s[1]) + 0.3) + 0.1));
            return theta - (Rate * s[2]);
        }),
        ("adadelta", Adadelta.Of(Rate, 0.6, 0.2), Constants(0, 0), (_, theta, g, s) =>
        {
            s[0] = (0.6 * s[0]) + (0.4 * g * g);
            double delta = Math.Sqrt(s[1] + 0.2) / Math.Sqrt(s[0] + 0.2) * g;
            s[1] = (0.6 * s[1]) + (0.4 * delta * delta);
            return theta - (Rate * delta);
        }),
        ("adamax", Adamax.Of(Rate, 0.7, 0.8, 0.1), Constants(0, 0), (t, theta, g, s) =>
        {
            s[0] = (0.7 * s[0]) + (0.3 * g);
            s[1] = Math.Max(0.8 * s[1], Math.Abs(g) + 0.1);
            return theta - (Rate / (1 - Math.Pow(0.7, t)) * s[0] / s[1]);
        }),
        ("nadam", NAdam.Of(Rate, 0.7, 0.8, 0.1, momentumDecay: 2, weightDecay: Decay), Constants(0, 0), (t, theta, g, s) =>
            theta - (Rate * NAdamDirection(t, g + (Decay * theta), s, repeated: 0))),
        ("nadam, decoupled", NAdam.Of(Rate, 0.7, 0.8, 0.1, 2, Decay, decoupledDecay: true), Constants(0, 0), (t, theta, g, s) =>
            (theta * (1 - (Rate * Decay))) - (Rate * NAdamDirection(t, g, s, repeated: 0))),
        ("nadam of torch 1", NAdam.Of(Rate, 0.7, 0.8, 0.1, 2, asTorchBefore2: true), Constants(0, 0), (t, theta, g, s) =>
            theta - (Rate * NAdamDirection(t, g, s, repeated: 1))),
        ("radam", RAdam.Of(Rate, 0.7, 0.9, 0.1, weightDecay: Decay), Constants(0, 0), (t, theta, g, s) =>
            theta - (Rate * RAdamDirection(t, g + (Decay * theta), s, threshold: 5))),
        ("radam, decoupled", RAdam.Of(Rate, 0.7, 0.9, 0.1, threshold: 4, Decay, decoupledDecay: true), Constants(0, 0), (t, theta, g, s) =>
            (theta * (1 - (Rate * Decay))) - (Rate * RAdamDirection(t, g, s, threshold: 4))),
        ("rprop", Rprop.Of(0.2, 0.4, 1.5, 0.1, 0.3, Schedule.LinearWarmup(1, 10), Decay), Constants(0, 0.2), (t, theta, g, s) =>
        {
            double u = g + (Decay * theta), agreement = u * s[0];
            s[1] = Math.Clamp(s[1] * (agreement > 0 ? 1.5 : agreement < 0 ? 0.4 : 1), 0.1, 0.3);
            s[0] = agreement < 0 ? 0 : u;
            return theta - (Math.Min(t / 10.0, 1) * Math.Sign(s[0]) * s[1]);
        }),
        ("asgd", Asgd.Of(Schedule.LinearWarmup(Rate, 10), 0.3, 0.5, 4, Decay), theta => [theta], (t, theta, g, s) =>
        {
            double rate = Rate * Math.Min(t / 10.0, 1);
            double moved = (theta * (1 - (rate / Math.Pow(1 + (0.3 * rate * (t - 1)), 0.5) * 0.3)))
                - (rate / Math.Pow(1 + (0.3 * rate * (t - 1)), 0.5) * (g + (Decay * theta)));
            s[0] += (moved - s[0]) / Math.Max(1, t - 5);
            return moved;
        }),
        ("lion", Lion.Of(Rate, 0.6, 0.8, Decay), Constants(0), (_, theta, g, s) =>
        {
            double direction = Math.Sign((0.6 * s[0]) + (0.4 * g));
            s[0] = (0.8 * s[0]) + (0.2 * g);
            return theta - (Rate * (direction + (Decay * theta)));
        }),
        ("adabelief", AdaBelief.Of(Rate, 0.7, 0.8, 0.1, 0.3, Decay), Constants(0, 0), (t, theta, g, s) =>
            theta - (Rate * AdaBeliefDirection(t, g + (Decay * theta), s))),
        ("adabelief, decoupled", AdaBelief.Of(Rate, 0.7, 0.8, 0.1, 0.3, Decay, decoupledDecay: true), Constants(0, 0), (t, theta, g, s) =>
            (theta * (1 - (Rate * Decay))) - (Rate * AdaBeliefDirection(t, g, s))),
        ("yogi", Yogi.Of(Rate, 0.7, 0.8, 0.1), Constants(0, 0), (_, theta, g, s) =>
        {
            YogiMoments(g, s);
            return theta - (Rate * s[0] / (Math.Sqrt(s[1]) + 0.1));
        }),
        ("yogi with bias correction", Yogi.Of(Rate, 0.7, 0.8, 0.1, 0.5, true, Decay), Constants(0, 0.5), (t, theta, g, s) =>
        {
            YogiMoments(g + (Decay * theta), s);
            return theta - (Rate * s[0] / (1 - Math.Pow(0.7, t)) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1));
        }),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_steps_and_the_state_are_those_of_the_formula(string name)
    {
        var (_, optimizer, start, formula) = Cases.Single(entry => entry.Name == name);
        double[] thetas = [.. Enumerable.Range(0, 21).Select(index => Math.Cos(index))];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [thetas.Length], thetas));
        OptimizerState<double> state = optimizer.Init(parameters);
        double[][] slots = [.. thetas.Select(start)];
        for (int step = 1; step <= Steps; step++)
        {
            double[] gradient = [.. Enumerable.Range(0, thetas.Length).Select(index => Gradient(step, index))];
            (parameters, state) = optimizer.Step(parameters, ParameterTree.Of(Leaf.Of("x", [thetas.Length], gradient)), state);
            for (int index = 0; index < thetas.Length; index++)
            {
                thetas[index] = formula(step, thetas[index], gradient[index], slots[index]);
                Assert.Equal(thetas[index], parameters.AsSpan("x")[index], 1e-12);
                for (int slot = 0; slot < state.SlotCount; slot++) Assert.Equal(slots[index][slot], state[slot].AsSpan("x")[index], 1e-12);
            }
        }
    }

    [Fact]
    public void Yogi_keeps_a_second_moment_that_the_square_equals()
    {
        Optimizer yogi = Yogi.Of(Rate, initialAccumulator: 4);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [3], [0.0, 0, 0]));
        var (_, state) = yogi.Step(parameters, ParameterTree.Of(Leaf.Of("x", [3], [2.0, 1, 3])), yogi.Init(parameters));
        Assert.Equal([4, 4 - 0.001, 4 + 0.009], state["v"].AsSpan("x").ToArray().Select(v => Math.Round(v, 12)));
    }

    /// <summary>Waves of several lengths, with a zero now and then and signs that flip.</summary>
    private static double Gradient(int step, int index) =>
        (step + index) % 7 == 0 ? 0 : Math.Sin((0.9 * step) + index) * (1 + (0.3 * index));

    private static Func<double, double[]> Constants(params double[] slots) => _ => [.. slots];

    private static double NAdamDirection(int t, double g, double[] s, int repeated)
    {
        static double Mu(int t) => 0.7 * (1 - (0.5 * Math.Pow(0.96, t * 2)));
        double product = Enumerable.Range(1, t).Aggregate(1.0, (all, i) => all * Mu(i));
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        double ahead = (Mu(t + 1) * s[0] / (1 - (product * Mu(t + 1) * Math.Pow(Mu(t), repeated)))) + ((1 - Mu(t)) * g / (1 - product));
        return ahead / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }

    private static double RAdamDirection(int t, double g, double[] s, double threshold)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.9 * s[1]) + (0.1 * g * g);
        double mean = s[0] / (1 - Math.Pow(0.7, t)), correction = 1 - Math.Pow(0.9, t);
        double limit = 19, rho = limit - (2 * t * Math.Pow(0.9, t) / correction);
        if (rho <= threshold) return mean;
        double rectification = Math.Sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho));
        return mean * rectification * Math.Sqrt(correction) / (Math.Sqrt(s[1]) + 0.1);
    }

    private static double AdaBeliefDirection(int t, double g, double[] s)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * Math.Pow(g - s[0], 2)) + 0.3;
        return s[0] / (1 - Math.Pow(0.7, t)) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }

    private static void YogiMoments(double g, double[] s)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] -= 0.2 * Math.Sign(s[1] - (g * g)) * g * g;
    }
}
