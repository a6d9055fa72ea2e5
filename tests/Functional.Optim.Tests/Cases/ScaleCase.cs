using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Scale"/>.</summary>
internal sealed class ScaleCase : OptimizerCase
{
    public override string Entry => "scale";

    public override ImmutableArray<(string Name, string Text)> Options => [("factor", "0.5")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
