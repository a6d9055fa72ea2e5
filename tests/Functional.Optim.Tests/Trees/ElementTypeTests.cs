using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Trees;

public unsafe class ElementTypeTests
{
    [Fact]
    public void A_type_other_than_float_or_double_is_rejected_at_each_entry() => AssertRefused<Half>("Half");

    [Fact]
    public void A_type_that_is_double_by_another_name_is_rejected_at_each_entry() => AssertRefused<NFloat>("NFloat");

    private static void AssertRefused<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = TreeLayout.Of(("w", [1]));
        layout.Zeros<float>().Release();
        layout.Zeros<double>().Release();
        T[] one = [T.One];
        Adam adam = Adam.Of(0.1);
        foreach (Action entry in (Action[])
        [
            () => layout.Rent<T>(), () => layout.Zeros<T>(),
            () => Leaf.Of("w", [1], one), () => _ = new LeafData<T>("w", [1], one),
            () => Leaf.Of("w", new ReadOnlyTensorSpan<T>(one)), () => ParameterTree.Of(default(LeafData<T>)),
            () => ParameterTree.Of<T>(), () => AdamW.Of(0.1).StateBytesPerParameter<T>(),
            () => Elementwise.Run(default(ApplyRule<T>), one, one, one),
            () => adam.Step<T>(1, one, one, new(one, one), new T[1], new(new T[1], new T[1])),
            () => BlockReduction.Dot<T>(one, one), () => BlockReduction.Sum<T>(one),
            () => BlockReduction.SumOfSquares<T>(one),
            () => BlockReduction.MaxAbs<T>(one), () => BlockReduction.Norm<T>(one), () => BlockReduction.Norm<T>([]),
            () => MatrixProduct.Multiply<T>(one, one, new T[1], 1, 1, 1),
            () => MatrixProduct.Multiply<T>(default, default, default),
        ])
        {
            string message = Assert.Throws<NotSupportedException>(entry).Message;
            Assert.Equal($"A tree holds float or double; {name} is neither.", message);
        }
    }
}
