using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The update of a leaf over the root of the mean of its squared norms, one number per leaf (see <see
/// cref="NovoGrad"/>).
/// </summary>
internal sealed record NovoGradScaling(double Beta2, double Epsilon, bool AmsGrad) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["v"];

    internal static ImmutableArray<string> AmsGradSlots { get; } = [.. Slots, "maximum v"];

    protected internal override ImmutableArray<string> SlotNames => AmsGrad ? AmsGradSlots : Slots;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    /// <summary>A scalar; nothing for a leaf without elements.</summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) => leaf.Length == 0 ? null : [];

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        ref T v = ref leaf.Slot(0)[0];
        double squares = BlockReduction.SumOfSquares(leaf.Input);
        double mean = SquareMeans<T>.Mean(v, squares, v == T.Zero ? 1 : 1 - Beta2);
        v = SquareMeans<T>.Kept(mean);
        if (AmsGrad)
        {
            ref T largest = ref leaf.Slot(1)[0];
            mean = Math.Max(mean, double.CreateTruncating(largest));
            largest = SquareMeans<T>.Kept(mean);
        }

        // The root of what may be outside of the type's range is inside.
        T divisor = T.Max(T.CreateTruncating(Math.Sqrt(mean) + Epsilon), SquareMeans<T>.MinRoot);
        Elementwise.Run(new DivideRule<T>(divisor), leaf.Input, leaf.Input, leaf.Output);
    }
}
