using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// Which law does not hold for whom, and why. From the laws of every optimizer its parts exempt one
/// (<see cref="OptimizerLaw.Exemption"/>); who does not keep a law of some stands here.
/// </summary>
internal static class Exemptions
{
    /// <summary>Every law.</summary>
    internal static readonly OptimizerLaw[] Laws = [.. OptimizerLaws.OfEvery, .. OptimizerLaws.OfSome];

    private static readonly (string Law, string Reason, string[] Optimizers)[] Listed =
    [
        ("BiasCorrection", "its momentum grows, or falls, towards what a constant gradient makes of it",
            ["sgd with momentum", "dampened", "nesterov", "momentum", "nAdam", "lars", "lars with L2 for matrices",
             "clip by leaf norm, then by unit, then momentum", "partition after a clip", "clip between seven slots",
             "rmsprop with epsilon under the root, and momentum, up", "novoGrad", "novograd with averaging and decay"]),
        ("BiasCorrection", "its averages start at zero and are not corrected",
            ["adam without bias correction", "rmsProp", "rmsprop, centered, with momentum and L2", "adadelta", "adadelta with L2", "yogi"]),
        ("BiasCorrection", "its sum of squares grows", ["adagrad", "adagrad with a falling rate and L2", "adagrad without epsilon, up"]),
        ("BiasCorrection", "a decay, or the size of the parameters, is part of the update, and the parameters move",
            ["sgd with L2", "adam with L2", "adamW", "adamw with a schedule, for matrices", "adamw with Optax's amsgrad, up",
             "adamax without epsilon, with L2, up", "nadam with L2", "nadam with decoupled decay, up", "radam with L2",
             "radam with decoupled decay", "asgd", "asgd that averages soon", "lion with decay", "adabelief with L2",
             "adabelief with decoupled decay", "yogi as in Optax, with L2", "lamb", "lamb with decay for matrices", "clip by norm then adamw",
             "weightDecayCoupled", "weightDecayDecoupled", "trustRatio", "clipAdaptively", "applyIfFinite",
             "adafactor", "adafactor with momentum and decay", "adafactor of torch with decay for matrices, up", "adamw and the mean of each second", "muon"]),
        ("BiasCorrection", "it moves between an average and the point that the update leads to",
            ["scheduleFree", "schedule-free sgd with L2 and a warm-up"]),
        ("BiasCorrection", "its first steps are not divided by the second moment", ["rAdam"]),
        ("BiasCorrection", "the variance that it divides by falls where gradients do not change", ["adaBelief"]),
        ("BiasCorrection", "its step grows while the sign stays", ["rprop", "rprop with a schedule"]),
        ("BiasCorrection", "its noise is another at each step", ["noise", "noise, mean and lookahead"]),
        ("BiasCorrection", "it puts the parameters back to slow ones now and then", ["lookahead"]),
        ("BiasCorrection", "it makes an update of every second gradient", ["accumulate"]),

        ("ScaleInvariance", "its update is proportional to the gradient",
            ["sgd", "sgd with L2", "sgd at two rates", "sgd with momentum", "dampened", "nesterov", "asgd", "asgd that averages soon", "momentum", "ema", "scale",
             "learningRate", "centralize", "lookahead", "asgdAveraging", "parameterEma", "swa", "schedule-free sgd with L2 and a warm-up",
             "partitionMasked"]),
        ("ScaleInvariance", "its update is proportional to the gradient where the parameters are zero", ["lars", "trustRatio"]),
        ("ScaleInvariance", "its ε, or what its accumulator starts with, does not scale with the gradient",
            ["adam", "adam without bias correction", "adamW", "adamw with a schedule, for matrices", "amsgrad",
             "adamw with Optax's amsgrad, up", "adagrad",
             "adagrad with a falling rate and L2", "rmsProp", "rmsprop, centered, with momentum and L2",
             "rmsprop with epsilon under the root, and momentum, up", "adadelta", "adadelta with L2", "adamax", "nAdam",
             "nadam with decoupled decay, up", "rAdam", "radam with decoupled decay", "adaBelief", "adabelief with L2",
             "adabelief with decoupled decay", "yogi", "yogi as in Optax, with L2", "lamb", "lamb with decay for matrices",
             "adam then clip by norm", "six slots", "clip between seven slots", "accumulate", "applyIfFinite",
             "novoGrad", "novograd with averaging and decay", "scheduleFree", "adamw and the mean of each second"]),
        ("ScaleInvariance", "its L2 penalty does not scale with the gradient",
            ["adam with L2", "adamax without epsilon, with L2, up", "nadam with L2", "radam with L2", "rprop with a schedule",
             "lars with L2 for matrices", "weightDecayCoupled", "weightDecayDecoupled"]),
        ("ScaleInvariance", "its limit does not scale with the gradient",
            ["clip by leaf norm, then by unit, then momentum", "clip by norm then adamw",
             "partition after a clip", "clipByGlobalNorm", "clipByLeafNorm", "clipAdaptively", "clipByValue"]),
        ("ScaleInvariance", "its noise does not scale with the gradient", ["noise", "noise, mean and lookahead"]),

        ("BoundedStep", "its update is proportional to the gradient, or to a limit of its own",
            ["sgd", "sgd with L2", "sgd at two rates", "sgd with momentum", "dampened", "nesterov", "asgd", "asgd that averages soon", "lars",
             "lars with L2 for matrices", "clip by leaf norm, then by unit, then momentum", "partition after a clip",
             "noise, mean and lookahead", "noise", "momentum", "ema", "scale", "learningRate", "centralize", "lookahead", "asgdAveraging",
             "parameterEma", "swa", "schedule-free sgd with L2 and a warm-up",
             "partitionMasked", "weightDecayCoupled", "weightDecayDecoupled"]),
        ("BoundedStep", "its first steps are not divided by the second moment", ["rAdam", "radam with L2", "radam with decoupled decay"]),
        ("BoundedStep", "a gradient that stands out from those before makes a longer step",
            ["adam", "adam with L2", "adam without bias correction", "adamW", "adamw with a schedule, for matrices", "amsgrad",
             "adamw with Optax's amsgrad, up", "rmsProp",
             "rmsprop, centered, with momentum and L2", "rmsprop with epsilon under the root, and momentum, up", "adadelta",
             "adadelta with L2", "adamax", "adamax without epsilon, with L2, up", "nAdam", "nadam with L2", "nadam with decoupled decay, up",
             "adaBelief", "adabelief with L2", "adabelief with decoupled decay", "yogi", "yogi as in Optax, with L2",
             "clip by norm then adamw", "adam then clip by norm", "clip between seven slots", "six slots", "applyIfFinite",
             "scheduleFree", "adamw and the mean of each second"]),
        ("BoundedStep", "squares of tiny gradients round, with no ε to hide it", ["adagrad without epsilon, up"]),
        ("BoundedStep", "its step is as long as the parameters are large",
            ["lamb", "lamb with decay for matrices", "trustRatio", "adafactor", "adafactor with momentum and decay",
             "adafactor of torch with decay for matrices, up"]),
        ("BoundedStep", "its momentum adds up", ["novoGrad", "novograd with averaging and decay"]),

        ("DecoupledDecay", "the rate of its decay is inside the same part, with the size of the parameters",
            ["adafactor with momentum and decay", "adafactor of torch with decay for matrices, up"]),

        ("ZeroRate", "leaves that its rule does not match keep their gradient", ["partitionMasked"]),
        ("RateMultiplier", "leaves that its rule does not match keep their gradient", ["partitionMasked"]),
    ];

    /// <summary>Exempt, and yet no problem shows it: why.</summary>
    private static readonly (string Law, string Optimizer, string Why)[] Unseen =
    [
        ("Locality", "noise", "noise rewrites leaves, but element by element"),
        ("Locality", "noise, mean and lookahead", "noise rewrites leaves, but element by element"),
        ("Update", "lookahead", "it puts nothing back in three steps"),
        ("Update", "noise, mean and lookahead", "it puts nothing back in the third step"),
        ("RateMultiplier", "asgd", "the average after the rate only looks on"),
        ("RateMultiplier", "asgd that averages soon", "the average after the rate only looks on"),
        ("DecoupledDecay", "asgd", "the average after the decay only looks on"),
        ("DecoupledDecay", "asgd that averages soon", "the average after the decay only looks on"),
        ("RateMultiplier", "adamw and the mean of each second", "the average after the rate only looks on"),
        ("DecoupledDecay", "adamw and the mean of each second", "the average after the decay only looks on"),
        ("BoundedStep", "novograd with averaging and decay", "averaging keeps its step within the bound in three steps"),
        ("BoundedStep", "scheduleFree", "what it keeps of a step is less than the bound in three steps"),
        ("BoundedStep", "adadelta", "its own unit is far below the bound in three steps"),
        ("BoundedStep", "adadelta with L2", "its own unit is far below the bound in three steps"),
        ("BoundedStep", "adamax", "its ε leaves a little room"),
        ("BoundedStep", "adafactor with momentum and decay", "its momentum takes a tenth of each step"),
        ("BoundedStep", "yogi as in Optax, with L2", "its ε leaves room"),
        ("BoundedStep", "partition after a clip", "the clip limits what it limits"),
        ("BoundedStep", "adam then clip by norm", "the clip leaves few steps their length"),
        ("BoundedStep", "clip between seven slots", "the limit of a value is below 1"),
    ];

    /// <summary>Why a law need not hold for an optimizer of the catalogue; <see langword="null"/> where it has to.</summary>
    internal static string? Reason(OptimizerLaw law, string optimizer) =>
        law.Exemption(Catalogue.Get(optimizer))
        ?? Listed.Where(entry => entry.Law == law.Name && entry.Optimizers.Contains(optimizer)).Select(entry => entry.Reason).SingleOrDefault();

    /// <summary>
    /// Whether the exemption is more than that the optimizer lacks what the law is about, or may hold updates back, and a problem can show it.
    /// </summary>
    internal static bool CanBeSeen(OptimizerLaw law, string optimizer) =>
        Reason(law, optimizer) is { } reason
        && !reason.StartsWith("it has no ", StringComparison.Ordinal) && !reason.StartsWith("it decides whether ", StringComparison.Ordinal)
        && !Unseen.Any(entry => (entry.Law, entry.Optimizer) == (law.Name, optimizer));

    /// <summary>Whatever is listed, by law and optimizer.</summary>
    internal static IEnumerable<(string Law, string Optimizer)> All =>
        Listed.SelectMany(entry => entry.Optimizers.Select(optimizer => (entry.Law, optimizer)))
            .Concat(Unseen.Select(entry => (entry.Law, entry.Optimizer)));

    internal static OptimizerLaw Law(string name) => Laws.Single(law => law.Name == name);

    /// <summary>The laws and the optimizers of the catalogue that are meant, by name.</summary>
    internal static TheoryData<string, string> Pairs(Func<OptimizerLaw, string, bool> isMeant)
    {
        TheoryData<string, string> pairs = [];
        foreach (OptimizerLaw law in Laws)
        {
            foreach ((string name, _) in Catalogue.All.Where(entry => isMeant(law, entry.Name))) pairs.Add(law.Name, name);
        }

        return pairs;
    }
}
