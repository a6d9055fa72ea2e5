using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// Six parts with four state slots: their rules composed with Then, and the optimizer composed of them, against the
/// same formulas written by hand as one loop; one thread. The hand-written loop wants 512-bit vectors: without them the
/// comparison flatters the composition.
/// </summary>
[MemoryDiagnoser]
public unsafe class ComposedChain
{
    private const double Limit = 0.5, Momentum = 0.9, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
    private const double Mean = 0.5, Decay = 0.1, Rate = 1e-3;
    private const long Update = 7;

    private static readonly Optimizer Optimizer = Clip.ByValue(Limit)
        .Then(Functional.Optim.Momentum.Of(Momentum))
        .Then(Adam.Scaling(Beta1, Beta2, Epsilon))
        .Then(Ema.Of(Mean))
        .Then(WeightDecay.Decoupled(Decay))
        .Then(LearningRate.Of(Rate));

    private readonly AlignedBuffer<float>[] slots = new AlignedBuffer<float>[4];
    private AlignedBuffer<float> theta = null!;
    private AlignedBuffer<float> gradient = null!;
    private Training training = null!;

    [Params(65_536, 33_554_432)]
    public int Parameters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        (theta, gradient) = (new(Parameters), new(Parameters));
        for (int slot = 0; slot < slots.Length; slot++) slots[slot] = new(Parameters);
        ParameterTree<float> gradients = Training.Waves(TreeLayout.Of(("theta", [Parameters])));
        gradients.AsSpan().CopyTo(gradient.Span);
        training = new(Optimizer, gradients);
    }

    [Benchmark(Baseline = true)]
    public void ByHand()
    {
        Vector512<float> limit = Of(Limit), momentum = Of(Momentum), epsilon = Of(Epsilon);
        Vector512<float> decay = Of(Decay), rate = Of(Rate);
        Vector512<float> beta1 = Of(Beta1), oneMinusBeta1 = Of(1 - Beta1);
        Vector512<float> beta2 = Of(Beta2), oneMinusBeta2 = Of(1 - Beta2);
        Vector512<float> mean = Of(Mean), oneMinusMean = Of(1 - Mean);
        Vector512<float> first = Of(1 / Correction(Beta1)), second = Of(1 / Math.Sqrt(Correction(Beta2)));
        Vector512<float> third = Of(1 / Correction(Mean));
        float* at = theta.Pointer, g = gradient.Pointer, momenta = slots[0].Pointer, means = slots[1].Pointer;
        float* squares = slots[2].Pointer, averages = slots[3].Pointer;
        for (long index = 0; index < Parameters; index += Vector512<float>.Count)
        {
            Vector512<float> parameter = Vector512.Load(at + index);
            Vector512<float> clipped = Vector512.Min(Vector512.Max(Vector512.Load(g + index), -limit), limit);
            Vector512<float> moment = Vector512.FusedMultiplyAdd(
                momentum, Vector512.Load(momenta + index), clipped);
            Vector512<float> m = Vector512.FusedMultiplyAdd(
                beta1, Vector512.Load(means + index), oneMinusBeta1 * moment);
            Vector512<float> v = Vector512.FusedMultiplyAdd(
                beta2, Vector512.Load(squares + index), oneMinusBeta2 * moment * moment);
            Vector512<float> scaled = m * first / Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), second, epsilon);
            Vector512<float> average = Vector512.FusedMultiplyAdd(
                mean, Vector512.Load(averages + index), oneMinusMean * scaled);
            Vector512<float> update = Vector512.FusedMultiplyAdd(decay, parameter, average * third);
            (parameter - (update * rate)).Store(at + index);
            moment.Store(momenta + index);
            m.Store(means + index);
            v.Store(squares + index);
            average.Store(averages + index);
        }
    }

    /// <summary>In place, as by hand.</summary>
    [Benchmark]
    public void WithThen() => Elementwise.Run(
        Chain(
            Chain(
                Chain(new ClipByValueRule<float>((float)Limit), new MomentumRule<float>((float)Momentum)),
                new AdamRule<float>(Beta1, Beta2, Epsilon, biasCorrection: true, Update)),
            Chain(
                new EmaRule<float>(Mean, (float)(1 / Correction(Mean))),
                Chain(
                    Chain(new DecayRule<float>((float)Decay), new ScaleRule<float>((float)Rate)),
                    default(ApplyRule<float>)))),
        theta.Span,
        gradient.Span,
        theta.Span,
        new(slots[0].Span, slots[1].Span, slots[2].Span, slots[3].Span),
        new(slots[0].Span, slots[1].Span, slots[2].Span, slots[3].Span));

    /// <summary>The pure step, to other buffers; the buffers that it replaces are released.</summary>
    [Benchmark]
    public void AsOptimizer() => training.Step();

    private static Then<float, TFirst, TSecond> Chain<TFirst, TSecond>(TFirst first, TSecond second)
        where TFirst : unmanaged, IUpdateRule<float>
        where TSecond : unmanaged, IUpdateRule<float> => new(first, second);

    private static double Correction(double beta) => 1 - Math.Pow(beta, Update);

    private static Vector512<float> Of(double value) => Vector512.Create((float)value);
}
