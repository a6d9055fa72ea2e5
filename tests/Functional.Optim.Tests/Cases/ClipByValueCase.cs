using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Clip.ByValue"/>.</summary>
internal sealed class ClipByValueCase : OptimizerCase
{
    public override string Entry => "clipByValue";

    public override ImmutableArray<(string Name, string Text)> Options => [("limit", "0.5")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection), nameof(BoundedStep)];
}
