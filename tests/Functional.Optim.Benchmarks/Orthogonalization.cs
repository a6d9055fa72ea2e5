using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// Newton–Schulz steps of a matrix against one product of 1024 × 1024 matrices, on one thread and on all threads. A
/// step of m × n has 2·m²·n + m³ multiplications, so five of 512 × 2048 have those of 5.625 products.
/// </summary>
[MemoryDiagnoser]
public class Orthogonalization
{
    private const int Rows = 512, Columns = 2048, Steps = 5, Side = 1024;

    private static readonly Quintic[] Polynomials = [.. Orthogonalize.Of().Polynomials];

    private AlignedBuffer<float> matrix = null!;
    private AlignedBuffer<float> scratch = null!;
    private AlignedBuffer<float> product = null!;

    [Params(true, false)]
    public bool OneThread { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = OneThread ? 1 : Environment.ProcessorCount;
        (matrix, product) = (new(Rows * Columns), new(Side * Side));
        scratch = new((int)NewtonSchulz.ScratchLength(Rows, Columns));
        // Of a norm below 1; the steps keep the singular values near 1.
        for (int index = 0; index < matrix.Length; index++) matrix.Span[index] = MathF.Sin(index) / 1024;
    }

    [Benchmark(Baseline = true)]
    public void Product() =>
        MatrixProduct.Multiply<float>(matrix.Span, matrix.Span, product.Span, Side, Side, Side);

    [Benchmark]
    public void FiveSteps() => NewtonSchulz.Run(matrix.Span, Rows, Columns, Polynomials, Steps, scratch.Span);
}
