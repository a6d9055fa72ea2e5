using System.Text.Json;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>The optimizer of a golden case, and what its state is called there.</summary>
internal static class GoldenOptimizers
{
    /// <summary>The slot that holds what torch calls by a name.</summary>
    internal static readonly Dictionary<string, string> Slots = new()
    {
        ["momentum_buffer"] = "momentum",
        ["exp_avg"] = "m",
        ["exp_avg_sq"] = "v",
        ["max_exp_avg_sq"] = "maximum v",
        ["sum"] = "sum",
        ["square_avg"] = "v",
        ["grad_avg"] = "mean",
        ["acc_delta"] = "delta",
        ["exp_inf"] = "norm",
        ["prev"] = "previous gradient",
        ["step_size"] = "step size",
        ["ax"] = "average",
    };

    /// <summary>
    /// What torch keeps as a number, by our formulas; ASGD's two are those of the next update there. NAdam's product of momenta is no
    /// state here: after 50 updates it is far below what 1 minus it can hold, so only the trajectory has seen it.
    /// </summary>
    internal static double? Scalar(string name, Optimizer optimizer, long step) => name switch
    {
        "step" => step,
        "eta" => optimizer.LearningRateAt(step + 1),
        "mu" => AsgdSteps.AverageWeight(((Asgd)optimizer).AverageAfter, step + 1),
        "mu_product" => null,
        _ => throw new ArgumentException($"There is no number called {name}."),
    };

    internal static Optimizer Build(string name, JsonElement options)
    {
        double rate = options.GetProperty("lr").GetDouble();
        double decay = options.Option("weight_decay", name == "AdamW" ? 0.01 : 0), epsilon = options.Option("eps", 1e-8);
        double momentum = options.Option("momentum", 0);
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        (double First, double Second) etas = options.Pair("etas", (0.5, 1.2)), stepSizes = options.Pair("step_sizes", (1e-6, 50));
        bool maximize = options.Flag("maximize");
        AmsGrad amsGrad = options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off;
        return name switch
        {
            "SGD" => Sgd.Of(rate, momentum, options.Option("dampening", 0), options.Flag("nesterov"), decay, maximize: maximize),
            "Adam" => Adam.Of(rate, beta1, beta2, epsilon, decay, amsGrad: amsGrad, maximize: maximize),
            "AdamW" => AdamW.Of(rate, beta1, beta2, epsilon, decay, amsGrad: amsGrad, maximize: maximize),
            "Adagrad" => Adagrad.Of(rate, options.Option("lr_decay", 0), options.Option("initial_accumulator_value", 0), weightDecay: decay),
            "RMSprop" => RmsProp.Of(rate, centered: options.Flag("centered"), momentum: momentum, weightDecay: decay),
            "Adadelta" => Adadelta.Of(rate, weightDecay: decay),
            "Adamax" => Adamax.Of(rate, weightDecay: decay),
            "NAdam" => NAdam.Of(rate, weightDecay: decay, asTorchBefore2: true),
            "RAdam" => RAdam.Of(rate, beta1, beta2),
            "Rprop" => Rprop.Of(rate, etas.First, etas.Second, stepSizes.First, stepSizes.Second),
            "ASGD" => Asgd.Of(rate, options.Option("lambd", 1e-4), averageAfter: (long)options.Option("t0", 1e6)),
            _ => throw new ArgumentException($"There is no optimizer for {name}."),
        };
    }

    private static (double First, double Second) Pair(this JsonElement options, string name, (double First, double Second) fallback) =>
        options.TryGetProperty(name, out JsonElement pair) ? (pair[0].GetDouble(), pair[1].GetDouble()) : fallback;
}
