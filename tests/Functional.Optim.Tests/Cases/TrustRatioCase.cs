namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="TrustRatio"/>.</summary>
internal sealed class TrustRatioCase : OptimizerCase
{
    public override string Entry => "trustRatio";
}
