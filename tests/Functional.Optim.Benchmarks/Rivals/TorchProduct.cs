using static TorchSharp.torch;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>A matrix product of libtorch into a matrix of its own.</summary>
internal sealed class TorchProduct : IDisposable
{
    /// <summary>Longer than the threads of OpenMP wait for work by asking again and again.</summary>
    internal const int SpinMilliseconds = 300;

    private readonly Tensor a, b, left, right, product;

    /// <summary>Allocates the matrices.</summary>
    /// <param name="of">The sizes, and the number of threads of torch.</param>
    /// <exception cref="NotSupportedException">The native library cannot be loaded.</exception>
    internal TorchProduct(MatrixRivals.Product of)
    {
        Torch.Load();
        set_num_threads(of.Threads.Count);
        a = of.TransposeA ? randn(of.Inner, of.Rows) : randn(of.Rows, of.Inner);
        b = of.TransposeB ? randn(of.Columns, of.Inner) : randn(of.Inner, of.Columns);
        (left, right) = (of.TransposeA ? a.t() : a, of.TransposeB ? b.t() : b);
        product = zeros(of.Rows, of.Columns);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[a, b, left, right, product]) tensor.Dispose();
    }

    internal void Multiply() => product.addmm_(left, right, beta: 0, alpha: 1);
}
