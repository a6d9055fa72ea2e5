using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="ParameterEma"/>.</summary>
internal sealed class ParameterEmaCase : OptimizerCase
{
    public override string Entry => "parameterEma";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
