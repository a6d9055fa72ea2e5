using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>The slots of an elementwise transform have the shape of the leaf.</summary>
public class SlotShapeTests
{
    [Theory]
    [InlineData("rows", "has the shape [3]")]
    [InlineData("none", "is missing")]
    public void Another_shape_is_rejected_before_anything_is_written(string kind, string expected)
    {
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [3, 2], [1f, 2f, 3f, 4f, 5f, 6f]));
        Optimizer optimizer = new Shaped(kind).Then(LearningRate.Of(0.1));
        Assert.Contains(
            $"its slot 'mean' of w[3, 2] {expected}; allowed is the shape of the leaf.",
            Assert.Throws<InvalidOperationException>(() => optimizer.Init(parameters)).Message,
            StringComparison.Ordinal);
    }

    private sealed record Shaped(string Kind) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => ["mean"];

        protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) =>
            Kind == "rows" ? [leaf.Shape[0]] : null;

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new EmaRule<T>(0.5, T.One));
    }
}
