using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>Matrix products as a training step has them, on one thread and on all.</summary>
[MemoryDiagnoser]
public unsafe class MatrixProducts
{
    private AlignedBuffer<float> a = null!;
    private AlignedBuffer<float> b = null!;
    private AlignedBuffer<float> c = null!;

    /// <summary>Rows, inner size and columns.</summary>
    [ParamsSource(nameof(Shapes))]
    public (int Rows, int Inner, int Columns) Shape { get; set; }

    [Params(true, false)]
    public bool OneThread { get; set; }

    public static IEnumerable<(int Rows, int Inner, int Columns)> Shapes => [(768, 128, 512), (1024, 1024, 1024)];

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = OneThread ? 1 : Environment.ProcessorCount;
        (a, b, c) = (new(Shape.Rows * Shape.Inner), new(Shape.Inner * Shape.Columns), new(Shape.Rows * Shape.Columns));
        for (int index = 0; index < a.Length; index++) a.Span[index] = MathF.Sin(index);
        for (int index = 0; index < b.Length; index++) b.Span[index] = MathF.Cos(index);
    }

    /// <summary>A·B.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Multiply(false, false);

    /// <summary>Aᵀ·B, as for the gradient of a weight.</summary>
    [Benchmark]
    public void TransposedA() => Multiply(true, false);

    /// <summary>A·Bᵀ, as for the gradient of an input.</summary>
    [Benchmark]
    public void TransposedB() => Multiply(false, true);

    private void Multiply(bool transposeA, bool transposeB) =>
        MatrixProduct.Multiply<float>(
            a.Span, b.Span, c.Span, Shape.Rows, Shape.Inner, Shape.Columns, transposeA, transposeB);
}
