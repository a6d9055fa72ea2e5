using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="LearningRate"/>.</summary>
internal sealed class LearningRateCase : OptimizerCase
{
    public override string Entry => "learningRate";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
