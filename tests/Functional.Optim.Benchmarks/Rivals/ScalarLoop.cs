namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>AdamW as one loop over numbers.</summary>
internal readonly struct ScalarLoop : IRange<float>
{
    public static void Step(Span<float> theta, ReadOnlySpan<float> gradient, Span<float> m, Span<float> v)
    {
        for (int index = 0; index < theta.Length; index++)
        {
            float u = gradient[index];
            m[index] = (AdamWNumbers.Beta1 * m[index]) + ((1 - AdamWNumbers.Beta1) * u);
            v[index] = (AdamWNumbers.Beta2 * v[index]) + ((1 - AdamWNumbers.Beta2) * u * u);
            float root = (MathF.Sqrt(v[index]) * AdamWNumbers.SecondCorrection) + AdamWNumbers.Epsilon;
            float update = (m[index] * AdamWNumbers.FirstCorrection / root) + (AdamWNumbers.Decay * theta[index]);
            theta[index] -= AdamWNumbers.Rate * update;
        }
    }
}
