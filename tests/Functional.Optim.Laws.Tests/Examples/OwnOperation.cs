using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Laws;

namespace Functional.Optim.Laws.Tests;

/// <summary>What the guide shows of an operation of your own, in a program that runs.</summary>
public class OwnOperation
{
    [Fact]
    public void It_is_applied_and_checked()
    {
        #region samples/Guides/OwnOptimizers/README.md
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, -3f]));
        OperationLaws.All(new Softsign());
        var (loss, gradients) = Differentiate.ValueAndGradient(of => new Softsign().Of(of["w"]).Sum(), parameters);
        #endregion

        Assert.Equal(-0.25, loss);
        Assert.Equal([0.25f, 0.0625f], gradients.AsSpan("w").ToArray());
    }
}
