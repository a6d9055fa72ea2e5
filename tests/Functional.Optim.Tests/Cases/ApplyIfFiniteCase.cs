using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="ApplyIfFinite"/>.</summary>
internal sealed class ApplyIfFiniteCase : OptimizerCase
{
    public override string Entry => "applyIfFinite";

    public override ImmutableArray<(string Name, string Text)> Options => [("inner", "adamW")];
}
