using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The optimizers as entries of the catalogue.</summary>
internal static class OptimizerEntries
{
    internal static ImmutableArray<CatalogueEntry<Optimizer>> All { get; } =
    [
        Entry(
            "sgd",
            at => Sgd.Of(
                at.LearningRate(), ScheduledMomentum(at),
                at.Real("dampening", "τ, the share of each gradient left out of the momentum", Bounds.UnitInterval, 0),
                at.Flag("nesterov", "whether the update looks ahead, which wants momentum and no dampening"),
                ScheduledPenalty(at), Decay(at), Maximize(at)),
            "goes down the gradient, or its momentum", "Robbins and Monro, 1951; Polyak, 1964", "torch SGD, Optax sgd", "Optax has no dampening"),
        Entry(
            "adam",
            at => Adam.Of(
                at.LearningRate(), ScheduledBeta1(at), Beta2(at), Epsilon(at, 1e-8), ScheduledPenalty(at), Decay(at),
                BiasCorrection(at, true), AmsGradOf(at), Maximize(at)),
            "divides the mean of the gradients by the root of the mean of their squares", "Kingma and Ba, 2015",
            "torch Adam, Optax adam, amsgrad", "Optax keeps the largest of corrected moments (`amsGrad`)"),
        Entry(
            "adamW",
            at => AdamW.Of(
                at.LearningRate(), ScheduledBeta1(at), Beta2(at), Epsilon(at, 1e-8), ScheduledDecoupled(at, 0.01), Decay(at),
                AmsGradOf(at), Maximize(at)),
            "Adam whose decay does not go through the moments", "Loshchilov and Hutter, 2019", "torch AdamW, Optax adamw",
            "rounds better than torch; Optax's λ is 0.0001"),
        Entry(
            "nAdam",
            at => NAdam.Of(
                at.LearningRate(), Beta1(at), Beta2(at), Epsilon(at, 1e-8),
                at.Real("momentumDecay", "ψ, how fast the momentum rises from β₁ / 2 to β₁", Bounds.NotNegative, 0.004),
                Penalty(at), Decay(at), DecoupledDecay(at), Maximize(at),
                at.Flag("asTorchBefore2", "whether a factor is counted twice, as by mistake in torch before 2.0")),
            "Adam with Nesterov momentum", "Dozat, 2016", "torch NAdam, Optax nadam", "Optax's momentum does not rise"),
        Entry(
            "rAdam",
            at => RAdam.Of(
                at.LearningRate(), ScheduledBeta1(at), Beta2(at), Epsilon(at, 1e-8),
                at.IntegerAtLeast("threshold", "what the length of the average has to exceed for adaptive steps", 4, 5),
                Penalty(at), Decay(at), DecoupledDecay(at), Maximize(at)),
            "momentum until the adaptive rate can be trusted, then Adam", "Liu et al., 2020", "torch RAdam, Optax radam",
            "Optax adds ε after the bias correction"),
        Entry(
            "adamax",
            at => Adamax.Of(at.LearningRate(), ScheduledBeta1(at), Beta2(at), Epsilon(at, 1e-8), Penalty(at), Decay(at), Maximize(at)),
            "Adam that divides by the largest gradient of late", "Kingma and Ba, 2015", "torch Adamax, Optax adamax"),
        Entry(
            "adagrad",
            at => Adagrad.Of(
                at.LearningRate(), at.Real("learningRateDecay", "d, how fast the rate falls: η(t) / (1 + (t − 1)·d)", Bounds.NotNegative, 0),
                InitialAccumulator(at), Epsilon(at, 1e-10), EpsilonRoot(at, 0), Penalty(at), Decay(at), Maximize(at)),
            "divides by the root of the sum of all squares", "Duchi, Hazan and Singer, 2011", "torch Adagrad, Optax adagrad",
            "Optax's ε is under the root (`epsilonRoot`), its sum starts at 0.1"),
        Entry(
            "adadelta",
            at => Adadelta.Of(
                at.LearningRate(), at.Real("rho", "ρ, how much of both means is kept", Bounds.HalfOpenUnitInterval, 0.9),
                at.Real("epsilon", "ε, under both roots", Bounds.Positive, 1e-6), Penalty(at), Decay(at), Maximize(at)),
            "measures each step by the steps before it", "Zeiler, 2012", "torch Adadelta, Optax adadelta"),
        Entry(
            "rmsProp",
            at => RmsProp.Of(
                at.LearningRate(), at.Real("alpha", "α, how much of the mean of the squares is kept", Bounds.HalfOpenUnitInterval, 0.99),
                Epsilon(at, 1e-8), EpsilonRoot(at, 0), at.Flag("centered", "whether to divide by the deviation from the mean gradient"),
                ScheduledMomentum(at), Penalty(at), Decay(at), Maximize(at)),
            "divides by the root of the mean of the squares", "Tieleman and Hinton, 2012; Graves, 2013", "torch RMSprop, Optax rmsprop",
            "Optax's ε is under the root (`epsilonRoot`), its α is 0.9"),
        Entry(
            "asgd",
            at => Asgd.Of(
                at.LearningRate(), at.Real("lambda", "λ, the decay of the parameters and of the rate", Bounds.NotNegative, 1e-4),
                at.Real("alpha", "α, the power by which the rate falls", Bounds.NotNegative, 0.75),
                at.Integer("averageAfter", "t₀, how many updates pass before the average departs from the parameters", 0, 1_000_000),
                Penalty(at), Decay(at), Maximize(at)),
            "descent with an average of the parameters as state", "Polyak and Juditsky, 1992; Xu, 2011", "torch ASGD",
            "torch keeps its rates in float32, as state"),
        Entry(
            "rprop",
            at => Rprop.Of(
                at.Real("initialStep", "the size of the first step", Bounds.Positive, 0.01),
                at.Real("etaMinus", "η⁻, what a step shrinks by where the sign flips", Rprop.Shrinking, 0.5),
                at.Real("etaPlus", "η⁺, what it grows by where the sign stays", Rprop.Growing, 1.2),
                at.Real("minimumStep", "the smallest size", Bounds.NotNegative, 1e-6),
                at.Real("maximumStep", "the largest size, not below the smallest", Bounds.NotNegative, 50),
                at.LearningRate(description: "η(t), which the sizes are multiplied by", fallback: "1"), Penalty(at), Decay(at), Maximize(at)),
            "a step size for each parameter, by the signs of its gradient", "Igel and Hüsken, 2000; Riedmiller and Braun, 1993",
            "torch Rprop, Optax rprop", "theirs call `initialStep` the learning rate"),
        Entry(
            "lion",
            at => Lion.Of(at.LearningRate(), ScheduledBeta1(at), Beta2(at, 0.99), ScheduledDecoupled(at, 0), Decay(at), Maximize(at)),
            "the sign of the momentum", "Chen et al., 2023", "Optax lion", "Optax's λ is 0.001"),
        Entry(
            "lamb",
            at => Lamb.Of(at.LearningRate(), Beta1(at), Beta2(at), Epsilon(at, 1e-6), Decoupled(at, 0.01), Decay(at), Maximize(at)),
            "AdamW whose steps are scaled leaf by leaf to the size of the parameters", "You et al., 2020", "Optax lamb", "Optax's λ is 0"),
        Entry(
            "lars",
            at => Lars.Of(
                at.LearningRate(), at.Real("momentum", MomentumText, Bounds.HalfOpenUnitInterval, 0.9),
                TransformEntries.Coefficient(at, 0.001), Penalty(at), Epsilon(at, 0), TransformEntries.Filter(at), Maximize(at)),
            "momentum of gradients scaled leaf by leaf to the size of the parameters", "You, Gitman and Ginsburg, 2017", "Optax lars",
            "Optax takes the norm of g + λ·θ, the paper the sum of the norms"),
        Entry(
            "adaBelief",
            at => AdaBelief.Of(
                at.LearningRate(), Beta1(at), Beta2(at), Epsilon(at, 1e-16), EpsilonRoot(at, 1e-16), Penalty(at), Decay(at), DecoupledDecay(at), Maximize(at)),
            "divides by the deviation of the gradients from their mean", "Zhuang et al., 2020", "Optax adabelief",
            "the authors' code decouples the decay and rectifies"),
        Entry(
            "yogi",
            at => Yogi.Of(
                at.LearningRate(), Beta1(at), Beta2(at), Epsilon(at, 1e-3), InitialAccumulator(at), BiasCorrection(at, false),
                Penalty(at), Decay(at), Maximize(at)),
            "Adam whose mean of the squares forgets slowly", "Zaheer et al., 2018", "Optax yogi",
            "Optax corrects the bias and starts at 1e-6 (`biasCorrection`, `initialAccumulator`)"),
        Entry(
            "adafactor",
            at => Adafactor.Of(
                at.LearningRate(), at.Choice("form", "whose semantics", AdafactorForm.HuggingFace),
                at.Flag("relativeStep", "whether the rate is at most 1 / √t", true),
                at.Flag("scaleByParameters", "whether a step is as long as the parameters of its leaf are large", true),
                at.Real("beta1", "β₁, how much of the mean of the steps is kept; 0 for no momentum", Bounds.HalfOpenUnitInterval, 0),
                at.Real("beta2Power", "c, of β₂(t) = 1 − t^−c", Bounds.NotNegative, 0.8),
                at.Real("clipThreshold", "d, the most that the root mean square of an update may be", Bounds.Positive, 1),
                at.RealOrNone("epsilon", "ε₁, added to the squares, or torch's smallest divisor; that of the form where not given", Bounds.NotNegative),
                at.Real("minimumScale", "ε₂, the smallest size of parameters that counts", Bounds.NotNegative, 1e-3),
                Decoupled(at, 0), Decay(at), Maximize(at)),
            "divides by a row and a column that stand for the squares of a matrix", "Shazeer and Stern, 2018",
            "torch Adafactor, Optax adafactor", "m + n numbers for a matrix; torch's is `form: Torch`; Optax leaves small matrices whole"),
        Entry(
            "novoGrad",
            at => NovoGrad.Of(
                at.LearningRate(), Beta1(at, 0.95), Beta2(at, 0.98), Epsilon(at, 1e-8), Decoupled(at, 0), Decay(at),
                at.Flag("gradientAveraging", "whether the momentum takes 1 − β₁ of each update"), Maximize(at)),
            "momentum of gradients over the root of the mean of their squared norms, one number for each leaf", "Ginsburg et al., 2019",
            "Optax novograd", "one more number for each leaf; Optax has β₁ = 0.9, β₂ = 0.25, ε = 1e-6"),
        Entry(
            "scheduleFree",
            at => ScheduleFree.Of(
                at.Inner("base", "what makes the steps, with a momentum, which becomes β, and one learning rate at its end, such as adamW"),
                at.Integer("warmupSteps", "W, the updates in which the rate rises to that of the base", 0, 0),
                at.Real("stepPower", "r, the power of the step in the weights of the average", Bounds.NotNegative, 0),
                at.Real("ratePower", "p, the power of the largest rate in them", Bounds.NotNegative, 2),
                at.Real("innerMomentum", "the first moment that Adam's scaling keeps all the same", Bounds.HalfOpenUnitInterval, 0)),
            "an average of the parameters in place of a schedule that falls; evaluate `EvaluationParameters`", "Defazio et al., 2024",
            "schedulefree AdamWScheduleFree, Optax schedule_free", "Optax keeps z and x, and its base has no momentum"),
        Entry(
            "muon",
            at => Muon.Of(
                at.LearningRate(), at.Real("momentum", MomentumText, Bounds.HalfOpenUnitInterval, 0.95), at.Flag("nesterov", "whether the momentum looks one step ahead", true),
                TransformEntries.Variant(at), TransformEntries.Steps(at), TransformEntries.ScaleOf(at, MatrixScale.Original),
                Decoupled(at, 0.1), Decay(at), Maximize(at)),
            "the momentum of matrices, made orthogonal; other leaves by `Partition`", "Jordan et al., 2024; Liu et al., 2025",
            "torch Muon, Optax muon", "no rounding to bfloat16; torch's `match_rms_adamw` is `MatchRms`; Optax corrects the bias"),
    ];

    internal static CatalogueEntry<Lbfgs> Lbfgs { get; } = new(Kind, "lbfgs", at => Optim.Lbfgs.Of(
        at.LearningRate(description: "η(k), the step size, or the one that a line search tries first", fallback: "1"),
        at.IntegerAtLeast("maximumIterations", "how many iterations a step makes", 1, 20),
        at.IntegerOrNone("maximumEvaluations", "after how many evaluations a step ends; 5/4 of the iterations where not given", 1),
        at.Real("gradientTolerance", "the largest gradient at a minimum", Bounds.NotNegative, 1e-7),
        at.Real("changeTolerance", "the largest change that counts as none", Bounds.NotNegative, 1e-9),
        at.IntegerAtLeast("historySize", "how many moves are remembered", 1, 100),
        at.Choice("lineSearch", "how far to go along a direction", LineSearch.None),
        at.Leaves("frozen", "which leaves stay as they are", LeafFilter.None)))
    {
        Description = "takes a function, and makes a curvature of its last moves", Paper = "Liu and Nocedal, 1989", OtherNames = "torch LBFGS, Optax lbfgs",
        Differences = "a pure step; Optax remembers 10 moves and searches a line by default",
    };

    internal const string MomentumText = "μ, how much of the momentum is kept";

    private const string Kind = "optimizer",
        Beta1Text = "β₁, how much of the mean of the gradients is kept", PenaltyText = "λ, an L2 penalty unless decoupled",
        DecoupledText = "λ, decoupled";

    private static CatalogueEntry<Optimizer> Entry(
        string name, Func<OptionValues, Optimizer> make, string description, string paper, string otherNames, string differences = "") => new(Kind, name, make)
    {
        Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
    };

    private static Schedule ScheduledMomentum(OptionValues at) => at.Scheduled("momentum", MomentumText, Bounds.HalfOpenUnitInterval, 0);

    private static double Beta1(OptionValues at, double fallback = 0.9) => at.Real("beta1", Beta1Text, Bounds.HalfOpenUnitInterval, fallback);

    private static Schedule ScheduledBeta1(OptionValues at) => at.Scheduled("beta1", Beta1Text, Bounds.HalfOpenUnitInterval, 0.9);

    private static double Beta2(OptionValues at, double fallback = 0.999) =>
        at.Real("beta2", "β₂, how much of the slower mean is kept", Bounds.HalfOpenUnitInterval, fallback);

    private static double Epsilon(OptionValues at, double fallback) => at.Real("epsilon", "ε, added to the divisor", Bounds.NotNegative, fallback);

    private static double EpsilonRoot(OptionValues at, double fallback) =>
        at.Real("epsilonRoot", "ε_r, added under the root", Bounds.NotNegative, fallback);

    private static double InitialAccumulator(OptionValues at) =>
        at.Real("initialAccumulator", "what the squares start with", Bounds.NotNegative, 0);

    private static double Penalty(OptionValues at) => at.Real("weightDecay", PenaltyText, Bounds.NotNegative, 0);

    private static Schedule ScheduledPenalty(OptionValues at) => at.Scheduled("weightDecay", PenaltyText, Bounds.NotNegative, 0);

    private static double Decoupled(OptionValues at, double fallback) => at.Real("weightDecay", DecoupledText, Bounds.NotNegative, fallback);

    private static Schedule ScheduledDecoupled(OptionValues at, double fallback) =>
        at.Scheduled("weightDecay", DecoupledText, Bounds.NotNegative, fallback);

    private static LeafFilter Decay(OptionValues at) => at.Leaves("decay", "which leaves decay", LeafFilter.All);

    private static bool DecoupledDecay(OptionValues at) => at.Flag("decoupledDecay", "whether the decay is decoupled, not an L2 penalty");

    private static bool BiasCorrection(OptionValues at, bool fallback) =>
        at.Flag("biasCorrection", "whether the means are divided by 1 − βᵗ", fallback);

    private static AmsGrad AmsGradOf(OptionValues at) => at.Choice("amsGrad", "whether to divide by the largest mean of the squares so far", AmsGrad.Off);

    private static bool Maximize(OptionValues at) => at.Flag("maximize", "whether to go up the gradient");
}
