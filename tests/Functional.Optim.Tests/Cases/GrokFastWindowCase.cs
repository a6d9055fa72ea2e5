using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>
/// The cases of <see cref="GrokFast.Window"/>; its trajectories are with <see cref="GrokFastEmaCase"/>.
/// </summary>
internal sealed class GrokFastWindowCase : OptimizerCase
{
    public override string Entry => "grokFastWindow";

    /// <summary>More than the 12 steps of the law that it keeps: before it is full, a window adds nothing.</summary>
    public override ImmutableArray<(string Name, string Text)> Smaller => [("size", "16")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
        [(nameof(Locality), "it rewrites leaves, but element by element")];

    public override ImmutableArray<Variant> Variants =>
    [
        new("grokfast with a window of two", GrokFast.Window(2, 3).Then(Sgd.Of(0.1)))
        {
            Unbroken = [(nameof(Locality), "it rewrites leaves, but element by element")],
        },
        new("grokfast with a window's sum, then adam", GrokFast.Window(2, 0.5, true, false).Then(Adam.Of(0.01)))
        {
            Unbroken = [(nameof(Locality), "it rewrites leaves, but element by element")],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => GrokFast.Window(0, double.NaN),
            "GrokFast: size is 0; allowed is 1 or more; lambda is NaN; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("grokfast with a window", GrokFast.Window(3, 2).Then(LearningRate.Of(0.05)), 120)];
}
