using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Partition.Masked"/>.</summary>
internal sealed class PartitionMaskedCase : OptimizerCase
{
    public override string Entry => "partitionMasked";

    public override ImmutableArray<(string Name, string Text)> Options =>
        [("matches", "matrices"), ("optimizer", "sgd")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];
}
