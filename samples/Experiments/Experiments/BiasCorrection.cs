using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>The options of <see cref="BiasCorrection"/>.</summary>
public sealed record BiasCorrectionOptions
{
    /// <summary>β₁.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Number of steps in the tables.</summary>
    public int Steps { get; init; } = 20;
}

/// <summary>Adam's moments after one step.</summary>
/// <param name="Step">t.</param>
/// <param name="Gradient">g.</param>
/// <param name="M">m, as Adam keeps it.</param>
/// <param name="CorrectedM">m̂ = m / (1 − β₁ᵗ).</param>
/// <param name="V">v, as Adam keeps it.</param>
/// <param name="CorrectedV">v̂ = v / (1 − β₂ᵗ).</param>
/// <param name="FirstFactor">1 − β₁ᵗ.</param>
/// <param name="SecondFactor">1 − β₂ᵗ.</param>
/// <param name="Uncorrected">The step of Adam without bias correction at a learning rate of 1.</param>
/// <param name="Corrected">The step of Adam at a learning rate of 1.</param>
public sealed record BiasCorrectionRow(
    long Step, double Gradient, double M, double CorrectedM, double V, double CorrectedV,
    double FirstFactor, double SecondFactor, double Uncorrected, double Corrected)
{
    /// <summary>The uncorrected step divided by the corrected one.</summary>
    public double Ratio => Uncorrected / Corrected;
}

/// <summary>The effect of bias correction on the moments and the step of Adam.</summary>
public static class BiasCorrection
{
    private const int PlottedSteps = 10_000;
    private const double Agreement = 0.01;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<BiasCorrectionOptions>(
            "bias-correction", "What bias correction does to the first steps of Adam", "4.2",
            "Adam's moments start at zero and are too small at first: m by the factor 1 − β₁ᵗ, v by 1 − β₂ᵗ. Divided "
            + "by these factors they are right from the first step on.",
            "The source text's last column, \"correction ratio\", is 1 − β₁ᵗ alone. Here are both "
            + "factors, and the ratio of the uncorrected step to the corrected one, (1 − β₁ᵗ)/√(1 − β₂ᵗ), "
            + "which is more than 1 and not less.",
            "With a constant gradient m̂ and v̂ are always 1; alternating and random "
            + "gradients show what they estimate.")
        .Real("beta1", "β₁ of the mean of the gradients", Bounds.HalfOpenUnitInterval,
            of => of.Beta1, (of, beta) => of with { Beta1 = beta })
        .Real("beta2", "β₂ of the mean of their squares", Bounds.HalfOpenUnitInterval,
            of => of.Beta2, (of, beta) => of with { Beta2 = beta })
        .Integer("steps", "Number of steps in the tables", 1, 1000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running(ReportOf);

    /// <summary>Always 1.</summary>
    public static double Constant(long step) => 1;

    /// <summary>1, −1, 1, and so on.</summary>
    public static double Alternating(long step) => step % 2 == 1 ? 1 : -1;

    /// <summary>Normal with mean 0 and deviation 1.</summary>
    public static Func<long, double> Random(ulong seed) => step => new Philox(seed).Normal((ulong)step);

    /// <summary>The moments after each step, with a gradient that is a function of the step.</summary>
    public static ImmutableArray<BiasCorrectionRow> Run(BiasCorrectionOptions options, Func<long, double> gradient)
    {
        (Adam corrected, Adam uncorrected) = (Of(true), Of(false));
        ParameterTree<double> at = Scalar(0);
        AdamState<double> state = corrected.Init(at);
        ImmutableArray<BiasCorrectionRow>.Builder rows = ImmutableArray.CreateBuilder<BiasCorrectionRow>(options.Steps);
        for (long step = 1; step <= options.Steps; step++)
        {
            ParameterTree<double> gradients = Scalar(gradient(step));
            double without = uncorrected.Update(at, gradients, state).Deltas.AsSpan()[0];
            (ParameterTree<double> deltas, state) = corrected.Update(at, gradients, state);
            (double m, double v) = (state.M.AsSpan()[0], state.V.AsSpan()[0]);
            (double first, double second) = (
                Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta1, step),
                Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta2, step));
            rows.Add(
                new(step, gradient(step), m, m / first, v, v / second, first, second, -without, -deltas.AsSpan()[0]));
        }

        return rows.MoveToImmutable();

        Adam Of(bool biasCorrection) =>
            Adam.Of(1, options.Beta1, options.Beta2, epsilon: 0, biasCorrection: biasCorrection);
    }

    private static ParameterTree<double> Scalar(double value) =>
        ParameterTree.Of(Leaf.Of("theta", [], new[] { value }));

    private static Report ReportOf(BiasCorrectionOptions options, ulong seed)
    {
        (string Name, string Gradient, ImmutableArray<BiasCorrectionRow> Rows)[] runs =
        [
            ("constant", "constant gradient 1", Run(options, Constant)),
            ("alternating", "gradient 1, −1, 1, …", Run(options, Alternating)),
            ("random", "normal gradient of mean 0 and deviation 1", Run(options, Random(seed))),
        ];
        return new(
            FindingOf(options, runs[0].Rows),
            [
                .. runs.Select(Table (run) =>
                    Table.Of(run.Name, $"Adam's moments, β₁ = {Figure.Of(options.Beta1)}, β₂ = "
                        + $"{Figure.Of(options.Beta2)}: {run.Gradient}", run.Rows)
                    .Integer("t", row => row.Step)
                    .Number("g", row => row.Gradient)
                    .Number("m", row => row.M)
                    .Number("m̂", row => row.CorrectedM)
                    .Number("v", row => row.V)
                    .Number("v̂", row => row.CorrectedV)
                    .Number("1 − β₁ᵗ", row => row.FirstFactor)
                    .Number("1 − β₂ᵗ", row => row.SecondFactor)
                    .Number("uncorrected step / η", row => row.Uncorrected)
                    .Number("corrected step / η", row => row.Corrected)
                    .Number("uncorrected/corrected", row => row.Ratio)),
            ],
            [Ratios(options), Moments(options, seed)]);
    }

    private static string FindingOf(BiasCorrectionOptions options, ImmutableArray<BiasCorrectionRow> rows)
    {
        double[] ratios = [.. Enumerable.Range(1, PlottedSteps).Select(step => RatioAt(options, step))];
        int longest = Array.IndexOf(ratios, ratios.Max()) + 1,
            settled = Array.FindLastIndex(ratios, ratio => Math.Abs(ratio - 1) >= Agreement) + 2;
        string[] others =
        [
            .. ((long[])[longest, rows[^1].Step]).Where(step => step > 1).Distinct().Order()
                .Select(step => $"step {step} {Times(step)}{(step == longest ? ", the maximum" : "")}"),
        ];
        return $"Without bias correction the first step is {Times(1)} as long{(longest == 1 ? ", the maximum" : "")}"
            + string.Concat(others.Select(other => $"; {other}"))
            + (settled <= PlottedSteps
                ? $". From step {settled} on the two differ by less than {Figure.Of(100 * Agreement)} %."
                : ".");

        string Times(long step) => $"{Figure.Of(ratios[step - 1], 3)} times";
    }

    /// <summary>(1 − β₁ᵗ)/√(1 − β₂ᵗ), whatever the gradients.</summary>
    private static double RatioAt(BiasCorrectionOptions options, long step) =>
        Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta1, step)
        / Math.Sqrt(Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta2, step));

    private static Picture Ratios(BiasCorrectionOptions options)
    {
        // Evenly spaced on the logarithmic axis.
        double[] steps =
        [
            .. Enumerable.Range(0, 400).Select(index => Math.Round(Math.Pow(PlottedSteps, index / 399.0))).Distinct(),
        ];
        return new(
            "ratio",
            "Left: the factors by which the moments are too small. Right: the uncorrected step "
            + "divided by the corrected one.",
            new Panel(
                "The factors of the moments",
                new Axis("step t", IsLog: true),
                new Axis("factor", Min: 0, Max: 1.05),
                new Line("1 − β₁ᵗ, of m", steps, [.. steps.Select(
                    step => Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta1, (long)step))]),
                new Line("1 − β₂ᵗ, of v", steps, [.. steps.Select(
                    step => Functional.Optim.Kernels.BiasCorrection.Factor(options.Beta2, (long)step))])),
            new Panel(
                "The length of the uncorrected step",
                new Axis("step t", IsLog: true),
                new Axis("uncorrected step / corrected step", Min: 0),
                new Line("(1 − β₁ᵗ)/√(1 − β₂ᵗ)", steps, [.. steps.Select(step => RatioAt(options, (long)step))]),
                new HorizontalLine(null, 1)));
    }

    private static Picture Moments(BiasCorrectionOptions options, ulong seed)
    {
        ImmutableArray<BiasCorrectionRow> rows = Run(options with { Steps = 200 }, Random(seed));
        double[] steps = [.. rows.Select(row => (double)row.Step)];
        return new(
            "moments",
            "The moments of a normal gradient with mean 0 and variance 1: v̂ is near 1 from the start, v is not.",
            new Panel(
                "The mean of the gradients",
                new Axis("step t"),
                new Axis("m, m̂"),
                new Line("m", steps, [.. rows.Select(row => row.M)]) { Width = 5 },
                new Line("m̂", steps, [.. rows.Select(row => row.CorrectedM)]),
                new HorizontalLine(null, 0)),
            new Panel(
                "The mean of their squares",
                new Axis("step t"),
                new Axis("v, v̂", Min: 0),
                new Line("v", steps, [.. rows.Select(row => row.V)]),
                new Line("v̂", steps, [.. rows.Select(row => row.CorrectedV)]),
                new HorizontalLine(null, 1)));
    }
}
