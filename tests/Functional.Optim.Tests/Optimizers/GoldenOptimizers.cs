using System.Text.Json;
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
    };

    internal static Optimizer Build(string name, JsonElement options)
    {
        double rate = options.GetProperty("lr").GetDouble();
        double decay = options.Option("weight_decay", 0), momentum = options.Option("momentum", 0);
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        bool maximize = options.Flag("maximize");
        AmsGrad amsGrad = options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off;
        return name switch
        {
            "SGD" => Sgd.Of(rate, momentum, options.Option("dampening", 0), options.Flag("nesterov"), decay, maximize: maximize),
            "Adam" => Adam.Of(rate, beta1, beta2, options.Option("eps", 1e-8), decay, amsGrad: amsGrad, maximize: maximize),
            "AdamW" => AdamW.Of(rate, beta1, beta2, options.Option("eps", 1e-8), options.Option("weight_decay", 0.01), amsGrad: amsGrad, maximize: maximize),
            "Adagrad" => Adagrad.Of(rate, options.Option("lr_decay", 0), options.Option("initial_accumulator_value", 0), weightDecay: decay),
            _ => throw new ArgumentException($"There is no optimizer for {name}."),
        };
    }

    private static (double First, double Second) Pair(this JsonElement options, string name, (double First, double Second) fallback) =>
        options.TryGetProperty(name, out JsonElement pair) ? (pair[0].GetDouble(), pair[1].GetDouble()) : fallback;
}
