using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Ema"/>.</summary>
internal sealed class EmaCase : OptimizerCase
{
    public override string Entry => "ema";

    public override ImmutableDictionary<string, string> Options => base.Options.Add("decay", "0.9");

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
