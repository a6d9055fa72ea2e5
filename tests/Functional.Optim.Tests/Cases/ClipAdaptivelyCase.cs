using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.Adaptively"/>.</summary>
internal sealed class ClipAdaptivelyCase : OptimizerCase
{
    public override string Entry => "clipAdaptively";

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];
}
