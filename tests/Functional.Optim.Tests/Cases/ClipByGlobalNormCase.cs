using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.ByGlobalNorm"/>.</summary>
internal sealed class ClipByGlobalNormCase : OptimizerCase
{
    public override string Entry => "clipByGlobalNorm";

    public override ImmutableArray<(string Name, string Text)> Options => [("maximum", "1")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection), nameof(BoundedStep)];
}
