using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.ByLeafNorm"/>.</summary>
internal sealed class ClipByLeafNormCase : OptimizerCase
{
    public override string Entry => "clipByLeafNorm";

    public override ImmutableDictionary<string, string> Options => base.Options.Add("maximum", "1");

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection), nameof(BoundedStep)];
}
