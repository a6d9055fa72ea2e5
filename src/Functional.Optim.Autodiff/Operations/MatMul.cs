using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>The matrix product x·w of every row of x.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x, [..., k].</param>
    /// <param name="weight">w, [k, n].</param>
    /// <returns>[..., n].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Variable<T> MatMul<T>(this Variable<T> input, Variable<T> weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => MatMulNode<T>.Apply(input, weight, transposed: false);

    /// <summary>
    /// The matrix product x·wᵀ of every row of x, for weights that are stored by output, such as tied embeddings.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x, [..., k].</param>
    /// <param name="weight">w, [n, k].</param>
    /// <returns>[..., n].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Variable<T> MatMulTransposed<T>(this Variable<T> input, Variable<T> weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => MatMulNode<T>.Apply(input, weight, transposed: true);

    /// <summary>∂L/∂x = ∂L/∂y·wᵀ, ∂L/∂w = xᵀ·∂L/∂y.</summary>
    private sealed unsafe class MatMulNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private bool transposed;
        private int rows;
        private int inner;
        private int columns;

        internal static Variable<T> Apply(Variable<T> input, Variable<T> weight, bool transposed)
        {
            int inner = input.Shape.Columns;
            if (input.Shape.Rank == 0 || weight.Shape.Rank != 2 || weight.Shape[transposed ? 1 : 0] != inner)
            {
                string wanted = transposed ? "[..., k] and [n, k]" : "[..., k] and [k, n]";
                throw new ArgumentException(
                    $"A matrix product takes {wanted}; {input.Shape} and {weight.Shape} were given.");
            }

            int columns = weight.Shape[transposed ? 0 : 1];
            MatMulNode<T> node = input.Tape.Record<MatMulNode<T>>(input.Shape.WithColumns(columns), input, weight);
            (node.transposed, node.rows, node.inner, node.columns) = (transposed, input.Shape.Rows, inner, columns);
            MatrixProduct.Multiply(node.Rows(node.First.Value, inner), node.Weight, node.Rows(node.Value, columns));
            return node.Output;
        }

        internal override void PropagateGradient()
        {
            MatrixView<T> gradient = Rows(Gradient, columns);
            if (First.Sink() is { IsWanted: true } toInput)
                MatrixProduct.Multiply(gradient, Weight.Transposed, Rows(toInput.Address, inner), toInput.Accumulate);
            if (Second.Sink() is { IsWanted: true } toWeight)
            {
                MatrixView<T> input = Rows(First.Value, inner);
                bool accumulate = toWeight.Accumulate;
                if (transposed)
                {
                    MatrixView<T> result = new(toWeight.Address, columns, inner, inner);
                    MatrixProduct.Multiply(gradient.Transposed, input, result, accumulate);
                }
                else
                {
                    MatrixView<T> result = new(toWeight.Address, inner, columns, columns);
                    MatrixProduct.Multiply(input.Transposed, gradient, result, accumulate);
                }
            }
        }

        private MatrixView<T> Weight => transposed
            ? new MatrixView<T>(Second.Value, columns, inner, inner).Transposed
            : new MatrixView<T>(Second.Value, inner, columns, columns);

        private MatrixView<T> Rows(T* values, int width) => new(values, rows, width, width);
    }
}
