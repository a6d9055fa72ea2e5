using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Averages the updated parameters and passes the update on unchanged (see <see cref="Asgd"/>).</summary>
internal sealed record AsgdAveraging(long AverageAfter) : ParameterAverage
{
    /// <inheritdoc/>
    protected internal override bool KeepsParameters => true;

    private protected override double WeightOf(long count) => AsgdSteps.AverageWeight(AverageAfter, count);
}
