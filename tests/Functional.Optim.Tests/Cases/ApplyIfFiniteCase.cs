using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="ApplyIfFinite"/>.</summary>
internal sealed class ApplyIfFiniteCase : OptimizerCase
{
    public override string Entry => "applyIfFinite";

    public override ImmutableDictionary<string, string> Options => base.Options.Add("inner", "adamW");
}
