using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Orthogonalize"/>.</summary>
internal sealed class OrthogonalizeCase : OptimizerCase
{
    public override string Entry => "orthogonalize";

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override Optimizer ForAllLeaves(Optimizer optimizer) => ForMatrices(optimizer, Lion.Scaling());
}
