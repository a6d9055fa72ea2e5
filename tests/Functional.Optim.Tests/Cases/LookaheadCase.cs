using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lookahead"/>.</summary>
internal sealed class LookaheadCase : OptimizerCase
{
    public override string Entry => "lookahead";

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(Update), "it puts nothing back in three steps"),
    ];
}
