using BenchmarkDotNet.Attributes;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// Matrix products of this library and of libtorch: those of 1024 × 1024 matrices, and of the layers of the nano preset
/// of MiniGpt, forward, for the gradient of the weight and for that of the input. Logits are products with the
/// transposed embedding.
/// </summary>
[MemoryDiagnoser]
public class MatrixRivals
{
    private const int NanoTokens = 12 * 64, NanoWidth = 128, NanoVocabulary = 65;

    private AlignedBuffer<float> a = null!;
    private AlignedBuffer<float> b = null!;
    private AlignedBuffer<float> c = null!;
    private TorchProduct? torch;

    public static IEnumerable<Product> Products =>
        from threads in ThreadCount.OneAndAll
        from product in (Product[])
        [
            .. OfLayer(1024, 1024, 1024, threads),
            .. OfLayer(NanoTokens, NanoWidth, 3 * NanoWidth, threads),
            .. OfLayer(NanoTokens, NanoWidth, NanoWidth, threads),
            .. OfLayer(NanoTokens, NanoWidth, 4 * NanoWidth, threads),
            .. OfLayer(NanoTokens, 4 * NanoWidth, NanoWidth, threads),
            .. OfTransposedLayer(NanoTokens, NanoWidth, NanoVocabulary, threads),
        ]
        select product;

    [ParamsSource(nameof(Products))]
    public Product Sizes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = Sizes.Threads.Count;
        (a, b, c) = (new(Sizes.Rows * Sizes.Inner), new(Sizes.Inner * Sizes.Columns), new(Sizes.Rows * Sizes.Columns));
        for (int index = 0; index < a.Length; index++) a.Span[index] = MathF.Sin(index);
        for (int index = 0; index < b.Length; index++) b.Span[index] = MathF.Cos(index);
    }

    [GlobalCleanup]
    public void CleanUp() => torch?.Dispose();

    [Benchmark(Baseline = true, Description = "Functional.Optim")]
    public void Library() => MatrixProduct.Multiply<float>(
        a.Span, b.Span, c.Span, Sizes.Rows, Sizes.Inner, Sizes.Columns, Sizes.TransposeA, Sizes.TransposeB);

    [Benchmark(Description = "libtorch")]
    [RestAfter(TorchProduct.SpinMilliseconds)]
    public void Torch() => (torch ??= new(Sizes)).Multiply();

    /// <summary>The products of a linear layer: forward, of its weight and of its input.</summary>
    private static IEnumerable<Product> OfLayer(int tokens, int inputs, int outputs, ThreadCount threads) =>
    [
        new(tokens, inputs, outputs, false, false, threads),
        new(inputs, tokens, outputs, true, false, threads),
        new(tokens, outputs, inputs, false, true, threads),
    ];

    /// <summary>The same where the weight is stored by output.</summary>
    private static IEnumerable<Product> OfTransposedLayer(int tokens, int inputs, int outputs, ThreadCount threads) =>
    [
        new(tokens, inputs, outputs, false, true, threads),
        new(outputs, tokens, inputs, true, false, threads),
        new(tokens, outputs, inputs, false, false, threads),
    ];

    /// <summary>The sizes of a product.</summary>
    /// <param name="Rows">The rows of the product.</param>
    /// <param name="Inner">The length of the sums.</param>
    /// <param name="Columns">The columns of the product.</param>
    /// <param name="TransposeA">Whether the left matrix is stored transposed.</param>
    /// <param name="TransposeB">Whether the right matrix is stored transposed.</param>
    /// <param name="Threads">The number of threads.</param>
    public readonly record struct Product(
        int Rows, int Inner, int Columns, bool TransposeA, bool TransposeB, ThreadCount Threads)
    {
        public override string ToString() =>
            $"{(TransposeA ? "Aᵀ" : "A")}·{(TransposeB ? "Bᵀ" : "B")}, {Rows}×{Inner} by {Inner}×{Columns}, "
            + Threads;
    }
}
