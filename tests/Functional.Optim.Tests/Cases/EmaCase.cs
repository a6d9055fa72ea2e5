using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Ema"/>.</summary>
internal sealed class EmaCase : OptimizerCase
{
    public override string Entry => "ema";

    public override ImmutableArray<(string Name, string Text)> Options => [("decay", "0.9")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Ema.Of(0.9).Then(LearningRate.Of(0.1))];
}
