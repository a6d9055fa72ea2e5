using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Noise"/>.</summary>
internal sealed class NoiseCase : OptimizerCase
{
    public override string Entry => "noise";

    public override ImmutableArray<(string Name, string Text)> Options => [("variance", "0.01"), ("seed", "3")];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(Descent), "its noise is smaller than the gradients of the problems"),
        (nameof(Locality), "noise rewrites leaves, but element by element"),
    ];
}
