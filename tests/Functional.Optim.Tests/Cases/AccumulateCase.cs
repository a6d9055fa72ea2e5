using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Accumulate"/>.</summary>
internal sealed class AccumulateCase : OptimizerCase
{
    public override string Entry => "accumulate";

    public override ImmutableArray<(string Name, string Text)> Options => [("every", "2"), ("inner", "adamW")];

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];
}
