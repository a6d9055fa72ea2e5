using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>The options of <see cref="L2VersusDecay"/>.</summary>
public sealed record L2VersusDecayOptions
{
    /// <summary>The values of λ.</summary>
    public ImmutableArray<double> Decays { get; init; } = [0.01, 0.02, 0.1, 1];

    /// <summary>η of Adam and AdamW.</summary>
    public double AdamRate { get; init; } = 0.01;

    /// <summary>η of SGD.</summary>
    public double SgdRate { get; init; } = 0.1;

    /// <summary>Number of steps in a run; each run goes on to ten times as many.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>The number of points to fit.</summary>
    public int Samples { get; init; } = 100;

    /// <summary>The number of weights.</summary>
    public int Features { get; init; } = 20;
}

/// <summary>One optimizer with one form of decay.</summary>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Decay">λ; 0 where there is none.</param>
/// <param name="Form">The form of the decay.</param>
/// <param name="Loss">The mean squared error, without a penalty.</param>
/// <param name="Norm">‖w‖.</param>
/// <param name="DistanceToTruth">The distance of w from the true weights, which made the data.</param>
/// <param name="DistanceToPenalized">
/// The distance of w from the weights of the same optimizer with the penalty in its loss.
/// </param>
/// <param name="Norms">‖w‖ after 0, 1, 2, … steps, up to ten times as many as for the other figures.</param>
public sealed record L2VersusDecayRow(
    string Optimizer, double Decay, string Form, double Loss, double Norm, double DistanceToTruth,
    double? DistanceToPenalized, ImmutableArray<double> Norms)
{
    /// <summary>
    /// ‖w‖ after ten times as many steps: the median of the last tenth. Where v is nearly 0, Adam sometimes makes a
    /// large step, and rounding decides when.
    /// </summary>
    public double LateNorm => Norms.TakeLast(1 + (Norms.Length / 10)).Order().ElementAt(Norms.Length / 20);
}

/// <summary>An L2 penalty on the weights of a regression and decoupled weight decay, at the same λ.</summary>
public static class L2VersusDecay
{
    /// <summary>No decay.</summary>
    public const string None = "none";

    /// <summary>A penalty of λ/2·‖w‖² in the loss.</summary>
    public const string InLoss = "L2 in the loss";

    /// <summary>The gradient of that penalty, added by the optimizer before its moments.</summary>
    public const string InGradient = "L2 in the gradient";

    /// <summary>The weights shrink by 1 − η·λ, after the moments.</summary>
    public const string Decoupled = "decoupled";

    private const string Weights = "weights";
    private const double TrueDeviation = 0.1, NoiseDeviation = 0.1, StartDeviation = 0.5, Negligible = 1e-9;
    private const int Longer = 10, SweptDecays = 25;

    /// <summary>An optimizer in each of its forms: plain, with L2 in the gradient, decoupled.</summary>
    private sealed record Family(
        string Name, Optimizer Plain, Func<double, Optimizer> Coupled, Func<double, Optimizer> Apart);

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<L2VersusDecayOptions>(
            "l2-versus-decay", "An L2 penalty compared with decoupled weight decay", "4.3",
            "A penalty of λ/2·‖w‖² adds λ·w to the gradient; decay shrinks w by 1 − η·λ. For SGD they "
            + "are the same. Adam divides the gradient, and with it the penalty, by √v̂; decoupled "
            + "decay, as in AdamW, is not divided.",
            "The source text's weights, torch.randn(n, requires_grad=True) * 0.5, are the result of an operation and "
            + "not a leaf: the optimizer raises an error.",
            "Its \"Weight_Decay\" is Adam with L2, not decay: it is the same as λ/2·Σw² in the loss. AdamW, which the "
            + "section is about, is not among the three.",
            "Its penalty of 0.01·Σw² is λ = 0.02, compared with a λ of 0.01. Here every form has the same λ, the "
            + "same start and the same data.")
        .Reals("decays", "Weight decays λ", Bounds.Positive,
            of => of.Decays, (of, decays) => of with { Decays = decays })
        .Real("adam-rate", "Learning rate η of Adam and AdamW", Bounds.Positive,
            of => of.AdamRate, (of, rate) => of with { AdamRate = rate })
        .Real("sgd-rate", "Learning rate η of SGD", Bounds.Positive,
            of => of.SgdRate, (of, rate) => of with { SgdRate = rate })
        .Integer("steps", $"Number of steps in a run, which goes on to {Longer} times as many", 1, 10_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Integer("samples", "Number of points", 1, 10_000,
            of => of.Samples, (of, samples) => of with { Samples = samples })
        .Integer("features", "Number of weights", 1, 1000,
            of => of.Features, (of, features) => of with { Features = features })
        .Running((options, seed, _, cancellation) => ReportOf(options, seed, cancellation));

    /// <summary>Adam and SGD without decay, and with each form of decay at each λ.</summary>
    public static ImmutableArray<L2VersusDecayRow> Run(
        L2VersusDecayOptions options, ulong seed, CancellationToken cancellation = default)
    {
        Regression problem = Regression.Of(options, seed, cancellation);
        return [.. Families(options).SelectMany(family => At(family, problem, options.Decays, options.Steps, Longer))];
    }

    private static Family[] Families(L2VersusDecayOptions options) =>
    [
        new("Adam", Adam.Of(options.AdamRate),
            decay => Adam.Of(options.AdamRate, weightDecay: decay),
            decay => AdamW.Of(options.AdamRate, weightDecay: decay)),
        new("SGD", Sgd.Of(options.SgdRate),
            decay => Sgd.Of(options.SgdRate, weightDecay: decay),
            decay => WeightDecay.Decoupled(decay).Then(LearningRate.Of(options.SgdRate))),
    ];

    private static IEnumerable<L2VersusDecayRow> At(
        Family family, Regression problem, ImmutableArray<double> decays, int steps, int longer)
    {
        yield return RowOf(None, 0, problem.Descend(family.Plain, 0, longer * steps), null);
        foreach (double decay in decays)
        {
            ParameterTree<double>[] penalized = problem.Descend(family.Plain, decay, longer * steps);
            yield return RowOf(InLoss, decay, penalized, null);
            yield return RowOf(InGradient, decay, problem.Descend(family.Coupled(decay), 0, longer * steps),
                penalized[steps]);
            yield return RowOf(Decoupled, decay, problem.Descend(family.Apart(decay), 0, longer * steps),
                penalized[steps]);
        }

        L2VersusDecayRow RowOf(
            string form, double decay, ParameterTree<double>[] path, ParameterTree<double>? penalized) => new(
            family.Name, decay, form, problem.ErrorAt(path[steps]), path[steps].GlobalNorm(),
            Distance.Between(path[steps].AsSpan(), problem.Truth.AsSpan()),
            penalized is { } other ? Distance.Between(path[steps].AsSpan(), other.AsSpan()) : null,
            [.. path.Select(at => at.GlobalNorm())]);
    }

    private static Report ReportOf(L2VersusDecayOptions options, ulong seed, CancellationToken cancellation)
    {
        ImmutableArray<L2VersusDecayRow> rows = Run(options, seed, cancellation);
        return new(
            FindingOf(options, rows),
            [
                Table.Of("forms", $"Regression of {options.Samples} points on {options.Features} weights, "
                    + $"{options.Steps} steps from the same start", rows)
                    .Text("optimizer", row => row.Optimizer)
                    .Text("decay", row => row.Form)
                    .Number("λ", row => row.Decay)
                    .Number("mean squared error", row => row.Loss)
                    .Number("‖w‖", row => row.Norm)
                    .Number("distance to the true weights", row => row.DistanceToTruth)
                    .Number("distance to L2 in the loss", row => row.DistanceToPenalized, negligible: Negligible)
                    .Number($"‖w‖ after {Longer * options.Steps:N0}", row => row.LateNorm, 3)
                    .Text("name in the source text", SourceTextName),
            ],
            [PathsOf(options, rows), SweepOf(options, seed, cancellation)]);
    }

    /// <summary>What the source text compares; its code raises an error before there are figures.</summary>
    private static string? SourceTextName(L2VersusDecayRow row) => (row.Optimizer, row.Form, row.Decay) switch
    {
        ("Adam", None, _) => "No_Regularization",
        ("Adam", InLoss, 0.02) => "L2_Regularization",
        ("Adam", InGradient, 0.01) => "Weight_Decay",
        _ => null,
    };

    private static string FindingOf(L2VersusDecayOptions options, ImmutableArray<L2VersusDecayRow> rows)
    {
        double strongest = options.Decays.Max();
        L2VersusDecayRow none = Row(None, 0), penalized = Row(InLoss, strongest), decoupled = Row(Decoupled, strongest);
        string leaves = Math.Abs(decoupled.LateNorm - none.LateNorm) < Math.Abs(penalized.LateNorm - none.LateNorm) / 2
            ? " The penalty moves the minimum. Decoupled decay only slows w down: with full batches w then goes on "
                + "nearly to the minimum without a penalty."
            : "";
        string distances = Words.And(
            options.Decays.Select(decay => Figure.Of(Row(Decoupled, decay).DistanceToPenalized!.Value, 2)));
        return $"With SGD the three forms of decay {Agreement("SGD", InGradient, Decoupled)}; with Adam the two forms "
            + $"of L2 {Agreement("Adam", InGradient)}, and decoupled decay ends at a distance of {distances} from them "
            + $"at λ = {Words.And(options.Decays.Select(decay => Figure.Of(decay)))}. At λ = {Figure.Of(strongest)} "
            + $"‖w‖ is {Figure.Of(penalized.Norm, 3)} with L2 and {Figure.Of(decoupled.Norm, 3)} with AdamW, after "
            + $"{Longer} times as many steps {Figure.Of(penalized.LateNorm, 3)} and "
            + $"{Figure.Of(decoupled.LateNorm, 3)}, without decay {Figure.Of(none.LateNorm, 3)}.{leaves}";

        L2VersusDecayRow Row(string form, double decay) =>
            rows.First(row => row.Optimizer == "Adam" && row.Form == form && row.Decay == decay);

        string Agreement(string optimizer, params string[] forms)
        {
            double max = rows.Where(row => row.Optimizer == optimizer && forms.Contains(row.Form))
                .Select(row => row.DistanceToPenalized!.Value).Aggregate(Math.Max);
            return max < Negligible ? "agree to rounding" : $"differ by up to {Figure.Of(max, 2)}";
        }
    }

    private static Picture PathsOf(L2VersusDecayOptions options, ImmutableArray<L2VersusDecayRow> rows)
    {
        double strongest = options.Decays.Max();
        return new(
            "norms",
            $"The norm of the weights during the run, at λ = {Figure.Of(strongest)}; the vertical line is "
            + $"at {options.Steps} steps. With SGD the three forms of decay are one line; with Adam "
            + "decoupled decay is a different line.",
            [.. rows.GroupBy(row => row.Optimizer).Select(family => new Panel(
                $"{family.Key}, λ = {Figure.Of(strongest)}",
                new Axis("steps", IsLog: true),
                new Axis("‖w‖", Min: 0),
                [
                    .. family.Where(row => row.Form == None || row.Decay == strongest).Select(LineOf),
                    new VerticalLine(null, options.Steps),
                ]))]);
    }

    private static Mark LineOf(L2VersusDecayRow row) => Line.Over(row.Form, row.Norms) with
    {
        IsDashed = row.Form == Decoupled, Width = row.Form switch { InLoss => 10, InGradient => 6, _ => 2 },
    };

    private static Picture SweepOf(L2VersusDecayOptions options, ulong seed, CancellationToken cancellation)
    {
        double[] decays =
        [
            .. Enumerable.Range(0, SweptDecays).Select(index => Math.Pow(10, -3 + (4.0 * index / (SweptDecays - 1)))),
        ];
        Regression problem = Regression.Of(options, seed, cancellation);
        (string Name, L2VersusDecayRow[] Rows)[] swept =
        [
            .. from family in Families(options)
               let all = At(family, problem, [.. decays], options.Steps, longer: 1)
               select (family.Name, all.Where(row => row.Form is InLoss or Decoupled).ToArray()),
        ];
        return new(
            "sweep",
            $"Left: the norm of the weights after {options.Steps} steps at every λ. Right: the distance of decoupled "
            + "decay from L2, which for SGD is a rounding error.",
            new Panel(
                "The norm of the weights",
                new Axis("λ", IsLog: true),
                new Axis("‖w‖", Min: 0, Max: 1.2 * swept.Max(one => one.Rows[0].Norm)),
                [.. swept.SelectMany(one => one.Rows.GroupBy(row => row.Form), Mark (one, form) =>
                    new Line($"{one.Name}, {form.Key}", decays, [.. form.Select(row => row.Norm)])
                    {
                        IsDashed = form.Key == Decoupled, Width = form.Key == Decoupled ? 3 : 5,
                    })]),
            new Panel(
                "The distance of the two forms",
                new Axis("λ", IsLog: true),
                new Axis("distance from decoupled decay to L2", IsLog: true, Min: 1e-18, Max: 10),
                [.. swept.Select(Mark (one) => new Line(
                    one.Name, decays, [.. one.Rows.Where(row => row.Form == Decoupled)
                        .Select(row => row.DistanceToPenalized!.Value)]))]));
    }

    /// <summary>y = X·w + noise, all normal, and the start of the descent.</summary>
    private sealed record Regression(
        ParameterTree<double> Truth, ParameterTree<double> Start, double[] Inputs, double[] Targets,
        CancellationToken Cancellation)
    {
        public static Regression Of(L2VersusDecayOptions options, ulong seed, CancellationToken cancellation)
        {
            Philox random = new(seed);
            (int samples, int features) = (options.Samples, options.Features);
            double[] inputs = Normals(samples * features, 1, stream: 0),
                truth = Normals(features, TrueDeviation, stream: 1);
            double[] targets = Normals(samples, NoiseDeviation, stream: 2);
            for (int index = 0; index < inputs.Length; index++)
                targets[index / features] += inputs[index] * truth[index % features];
            return new(TreeOf(truth), TreeOf(Normals(features, StartDeviation, stream: 3)), inputs, targets,
                cancellation);

            double[] Normals(int count, double deviation, ulong stream) =>
                [.. Enumerable.Range(0, count).Select(index => deviation * random.Normal((ulong)index, stream))];

            static ParameterTree<double> TreeOf(double[] weights) =>
                ParameterTree.Of(Leaf.Of(Weights, [weights.Length, 1], weights));
        }

        /// <summary>The weights after 0, 1, 2, … steps on the mean squared error plus λ/2·‖w‖².</summary>
        public ParameterTree<double>[] Descend(Optimizer optimizer, double penalty, int steps) =>
        [
            .. Descent
                .From(optimizer, Start, at => Differentiate.ValueAndGradient(Loss(penalty), at).Gradients, Cancellation)
                .Take(steps + 1),
        ];

        /// <summary>The mean squared error.</summary>
        public double ErrorAt(ParameterTree<double> at) => Differentiate.Value(Loss(0), at);

        private LossFunction<double> Loss(double penalty) => parameters =>
        {
            Variable<double> weights = parameters[Weights];
            Variable<double> error = parameters.Constant(new(Targets.Length, weights.Shape.Length), Inputs)
                .MatMul(weights).MeanSquaredError(parameters.Constant(new(Targets.Length, 1), Targets));
            return penalty == 0 ? error : error + ((penalty / 2) * (weights * weights).Sum());
        };
    }
}
