using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Accumulate"/>.</summary>
internal sealed class AccumulateCase : OptimizerCase
{
    public override string Entry => "accumulate";

    public override ImmutableDictionary<string, string> Options =>
        base.Options.Add("every", "2").Add("inner", "adamW");

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];
}
