namespace Functional.Optim.Laws.Tests;

/// <summary>
/// A transform of whole leaves: u' = u / ‖u‖, the norm being that of the leaf; a leaf without an update keeps none.
/// </summary>
public sealed record UnitNorm : Transform
{
    protected override bool TransformsLeaves => true;

    protected override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        double squares = 0;
        foreach (T value in leaf.Input) squares += double.CreateTruncating(value) * double.CreateTruncating(value);
        T scale = squares > 0 ? T.CreateTruncating(1 / Math.Sqrt(squares)) : T.Zero;
        for (int index = 0; index < leaf.Input.Length; index++) leaf.Output[index] = leaf.Input[index] * scale;
    }
}
