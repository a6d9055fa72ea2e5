using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Muon"/>.</summary>
internal sealed class MuonCase : OptimizerCase
{
    public override string Entry => "muon";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override Optimizer ForAllLeaves(Optimizer optimizer) => ForMatrices(optimizer, Lion.Of(0.1));
}
