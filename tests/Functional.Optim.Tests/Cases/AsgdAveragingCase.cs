using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Asgd.Averaging"/>.</summary>
internal sealed class AsgdAveragingCase : OptimizerCase
{
    public override string Entry => "asgdAveraging";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
