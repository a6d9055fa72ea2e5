using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Each row of a matrix over the root of the running mean of its squares, one number per row; the whole keeps its
/// Frobenius norm, and is then multiplied by a scale of its shape (see <see cref="NorMuon"/>).
/// </summary>
internal sealed record RowNormalization(double Beta2, MatrixScale Scale) : Transform
{
    /// <summary>Added to a root, and the least norm that is divided by.</summary>
    private const double Epsilon = 1e-8;

    internal static ImmutableArray<string> Slots { get; } = ["v"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    private protected override string OptimizerName => NorMuon.Entry.Name;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    protected internal override string? Refuses(Leaf leaf) => Orthogonalize.RefusesVector(leaf);

    /// <summary>A number per row; nothing for a leaf without elements.</summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) =>
        leaf.Length == 0 || leaf.Rank < 2 ? null : [Orthogonalize.RowsOf(leaf)];

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        Orthogonalize.FactorOf(Scale, leaf);

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Factor)));

    /// <summary>The divisor of each row.</summary>
    protected internal override int ScratchLength(Leaf leaf) => leaf.Length == 0 ? 0 : Orthogonalize.RowsOf(leaf);

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> v = leaf.Slot(0);
        Span<double> divisors = leaf.Scratch<double>();
        int columns = leaf.Input.Length / v.Length;
        double before = 0, after = 0;
        for (int row = 0; row < v.Length; row++)
        {
            double squares = BlockReduction.SumOfSquares(leaf.Input.Slice(row * columns, columns));
            v[row] = SquareMeans<T>.Kept(SquareMeans<T>.Mean(v[row], squares / columns, 1 - Beta2));
            divisors[row] = Math.Sqrt(double.CreateTruncating(v[row])) + Epsilon;
            before += squares;
            after += squares / (divisors[row] * divisors[row]);
        }

        double kept = Math.Sqrt(before) / Math.Max(Math.Sqrt(after), Epsilon);
        for (int row = 0; row < v.Length; row++)
        {
            TensorPrimitives.Multiply(
                leaf.Input.Slice(row * columns, columns), T.CreateTruncating(kept / divisors[row]),
                leaf.Output.Slice(row * columns, columns));
        }
    }
}
