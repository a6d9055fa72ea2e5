using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Centralize"/>.</summary>
internal sealed class CentralizeCase : OptimizerCase
{
    public override string Entry => "centralize";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
