using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.ByLeafNorm"/>.</summary>
internal sealed class ClipByLeafNormCase : OptimizerCase
{
    public override string Entry => "clipByLeafNorm";

    public override ImmutableArray<(string Name, string Text)> Options => [("maximum", "1")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection), nameof(BoundedStep)];
}
