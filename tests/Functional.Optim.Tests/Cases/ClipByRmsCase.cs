using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.ByRms"/>.</summary>
internal sealed class ClipByRmsCase : OptimizerCase
{
    public override string Entry => "clipByRms";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adam then clip by rms", Adam.Scaling().Then(Clip.ByRms(0.5)).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection)],
            Unbroken = [(nameof(BoundedStep), "the clip leaves few steps their length")],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
        [(() => Clip.ByRms(0), "Clip: threshold is 0; allowed is finite and positive.")];
}
