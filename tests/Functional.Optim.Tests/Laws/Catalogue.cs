namespace Functional.Optim.Tests.Laws;

/// <summary>Every optimizer the laws are proven for: each entry of the library's catalogue with its defaults, and variants of some.</summary>
internal static class Catalogue
{
    /// <summary>What an option is given that has no default.</summary>
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["learningRate"] = "0.1", ["schedule"] = "0.1", ["maximum"] = "1", ["limit"] = "0.5", ["variance"] = "0.01", ["seed"] = "3",
        ["momentum"] = "0.9", ["coefficient"] = "0.9", ["decay"] = "0.9", ["factor"] = "0.5", ["weightDecay"] = "0.1", ["matches"] = "matrices",
        ["optimizer"] = "sgd(learningRate=0.1)", ["every"] = "2", ["inner"] = "adamW(learningRate=0.1)",
        ["base"] = "adamW(learningRate=0.1)", ["start"] = "2",
    };

    private static readonly (string Name, Optimizer Optimizer)[] Variants =
    [
        ("sgd with L2", Sgd.Of(0.1, weightDecay: 0.1)),
        ("sgd at two rates", Sgd.Of(0.1).Then(LearningRate.Of(0.5))),
        ("sgd with momentum", Sgd.Of(0.1, momentum: 0.9)),
        ("dampened", Sgd.Of(0.1, momentum: 0.9, dampening: 0.5)),
        ("nesterov", Sgd.Of(0.1, momentum: 0.9, nesterov: true)),
        ("adam with L2", Adam.Of(0.01, weightDecay: 0.1)),
        ("adam without bias correction", Adam.Of(0.01, biasCorrection: false)),
        ("adamw with a schedule, for matrices", AdamW.Of(Schedule.WarmupCosine(0.01, 5, 20, 0.001), weightDecay: 0.1, decay: leaf => leaf.Rank >= 2)),
        ("amsgrad", Adam.Of(0.01, amsGrad: AmsGrad.OfMoment)),
        ("adamw with Optax's amsgrad, up", AdamW.Of(0.01, amsGrad: AmsGrad.OfCorrectedMoment, maximize: true)),
        ("adagrad with a falling rate and L2", Adagrad.Of(0.1, learningRateDecay: 0.1, initialAccumulator: 0.1, weightDecay: 0.1)),
        ("adagrad without epsilon, up", Adagrad.Of(0.1, epsilon: 0, maximize: true)),
        ("rmsprop, centered, with momentum and L2", RmsProp.Of(0.01, centered: true, momentum: 0.9, weightDecay: 0.1)),
        ("rmsprop with epsilon under the root, and momentum, up", RmsProp.Of(0.01, 0.9, 0, 1e-8, momentum: 0.5, maximize: true)),
        ("adadelta with L2", Adadelta.Of(Schedule.LinearWarmup(10, 3), rho: 0.5, epsilon: 1e-3, weightDecay: 0.1)),
        ("adamax without epsilon, with L2, up", Adamax.Of(0.01, 0.5, 0.9, epsilon: 0, weightDecay: 0.1, maximize: true)),
        ("nadam with L2", NAdam.Of(0.01, 0.5, 0.9, epsilon: 0, momentumDecay: 0, weightDecay: 0.1)),
        ("nadam with decoupled decay, up", NAdam.Of(0.01, momentumDecay: 1, weightDecay: 0.1, decoupledDecay: true, maximize: true)),
        ("radam with L2", RAdam.Of(0.01, 0.5, 0.5, weightDecay: 0.1)),
        ("radam with decoupled decay", RAdam.Of(0.01, 0.9, 0.95, threshold: 4, weightDecay: 0.1, decoupledDecay: true)),
        ("rprop with a schedule", Rprop.Of(0.1, 0.3, 1.5, 0.01, 0.2, Schedule.LinearWarmup(1, 3), weightDecay: 0.1, maximize: true)),
        ("asgd that averages soon", Asgd.Of(0.1, lambda: 0.01, alpha: 0.1, averageAfter: 0, weightDecay: 0.1)),
        ("schedule-free sgd with L2 and a warm-up", ScheduleFree.Of(Sgd.Of(0.5, momentum: 0.9, weightDecay: 0.1), warmupSteps: 2, stepPower: 1)),
        ("adamw and the mean of each second", AdamW.Of(0.01).Then(Swa.Of(start: 1, every: 2))),
        ("lion with decay", Lion.Of(0.01, 0.5, 0.9, weightDecay: 0.1, decay: leaf => leaf.Rank >= 2)),
        ("adabelief with L2", AdaBelief.Of(0.01, 0.5, 0.9, epsilon: 1e-8, epsilonRoot: 0, weightDecay: 0.1)),
        ("adabelief with decoupled decay", AdaBelief.Of(0.01, weightDecay: 0.1, decoupledDecay: true)),
        ("yogi as in Optax, with L2", Yogi.Of(0.01, initialAccumulator: 1e-6, biasCorrection: true, weightDecay: 0.1)),
        ("lamb with decay for matrices", Lamb.Of(0.01, decay: leaf => leaf.Rank >= 2)),
        ("lars with L2 for matrices", Lars.Of(0.1, coefficient: 0.1, weightDecay: 0.01, filter: leaf => leaf.Rank >= 2)),
        ("adafactor with momentum and decay", Adafactor.Of(0.1, beta1: 0.9, weightDecay: 0.1)),
        ("adafactor of torch with decay for matrices, up",
            Adafactor.Of(0.01, AdafactorForm.Torch, weightDecay: 0.1, decay: leaf => leaf.Rank >= 2, maximize: true)),
        ("novograd with averaging and decay", NovoGrad.Of(0.01, 0.9, 0.25, weightDecay: 0.1, gradientAveraging: true)),
        ("clip by leaf norm, then by unit, then momentum",
            Clip.ByLeafNorm(0.7).Then(Clip.Adaptively(0.5, outputAxis: OutputAxis.Last)).Then(Sgd.Of(0.1, momentum: 0.9))),
        ("noise, mean and lookahead", Noise.Of(0.01, seed: 3).Then(Ema.Of(0.9)).Then(LearningRate.Of(0.1)).Then(Lookahead.Of(every: 2))),
        ("partition after a clip", Clip.ByGlobalNorm(1, NormKind.L1).Then(Partition.Of(
            new("vectors", leaf => leaf.Rank == 1, Sgd.Of(0.1, momentum: 0.9)),
            new("matrices", _ => true, Clip.ByGlobalNorm(0.5, NormKind.Infinity).Then(AdamW.Of(0.01)))))),
        ("clip by norm then adamw", Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01))),
        ("adam then clip by norm", Adam.Scaling().Then(Clip.ByGlobalNorm(0.5)).Then(LearningRate.Of(0.1))),
        ("clip between seven slots",
            Momentum.Of(0.5).Then(Adam.Scaling()).Then(Clip.ByGlobalNorm(0.5)).Then(Adam.Scaling(0.5, 0.9)).Then(WeightDecay.Decoupled(0.1))
                .Then(Adam.Scaling()).Then(Clip.ByValue(0.7)).Then(LearningRate.Of(Schedule.LinearWarmup(0.1, 4)))),
        ("adamw in 16 bits", AdamW.Of(0.01, weightDecay: 0.1).WithState(StateFormat.BFloat16)),
        ("momentum in 16 bits between a clip and a trace", Clip.ByGlobalNorm(1).Then(Momentum.Of(0.5))
            .Then(Sgd.Of(0.1, momentum: 0.9).WithState(StateFormat.BFloat16))),
        ("six slots", Adam.Scaling().Then(Adam.Scaling()).Then(Adam.Scaling()).Then(LearningRate.Of(0.1))),
    ];

    internal static readonly (string Name, Optimizer Optimizer)[] All =
    [
        .. Optim.Catalogue.Optimizers.Concat(Optim.Catalogue.Transforms).Select(entry => (entry.Name, ByDefault(entry))),
        .. Variants,
    ];

    internal static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    internal static Optimizer Get(string name) => All.Single(entry => entry.Name == name).Optimizer;

    private static Optimizer ByDefault(CatalogueEntry<Optimizer> entry)
    {
        Optimizer built = entry
            .Build(entry.Options.Where(option => option.Default is null).ToDictionary(option => option.Name, option => Needed[option.Name]))
            .OrThrow(entry.Name);
        return entry.Name switch
        {
            "muon" => ForMatrices(built, Lion.Of(0.1)),
            "orthogonalize" => ForMatrices(built, Lion.Scaling()),
            _ => built,
        };
    }

    /// <summary>What takes no vectors, beside something that does.</summary>
    private static Partition ForMatrices(Optimizer matrices, Optimizer rest) =>
        Partition.Of(new("matrices", leaf => leaf.Rank >= 2, matrices), new("rest", _ => true, rest));
}
