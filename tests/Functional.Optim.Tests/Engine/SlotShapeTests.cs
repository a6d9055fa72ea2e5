using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>A part that works element by element has slots of the leaf's own shape.</summary>
public class SlotShapeTests
{
    [Theory]
    [InlineData("rows", "in the shape [3]")]
    [InlineData("none", "left out")]
    public void Another_shape_is_refused_before_anything_is_written(string kind, string expected)
    {
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [3, 2], [1f, 2f, 3f, 4f, 5f, 6f]));
        Optimizer optimizer = new Shaped(kind).Then(LearningRate.Of(0.1));
        Assert.Contains(
            $"has its slot 'mean' of w[3, 2] {expected}; allowed is the leaf's own shape.",
            Assert.Throws<InvalidOperationException>(() => optimizer.Init(parameters)).Message, StringComparison.Ordinal);
    }

    private sealed record Shaped(string Kind) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => ["mean"];

        protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) => Kind == "rows" ? [leaf.Shape[0]] : null;

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new EmaRule<T>(T.One / (T.One + T.One), T.One, T.One));
    }
}
