using System.Collections.Immutable;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>AdamW over immutable arrays with LINQ; a step makes new arrays.</summary>
/// <param name="Theta">The parameters.</param>
/// <param name="M">The first moments.</param>
/// <param name="V">The second moments.</param>
internal sealed record ImmutableArrays(
    ImmutableArray<float> Theta, ImmutableArray<float> M, ImmutableArray<float> V)
{
    internal ImmutableArrays Step(ImmutableArray<float> gradient)
    {
        ImmutableArray<float> m =
        [
            .. M.Zip(gradient, static (m, u) => (AdamWNumbers.Beta1 * m) + ((1 - AdamWNumbers.Beta1) * u)),
        ];
        ImmutableArray<float> v =
        [
            .. V.Zip(gradient, static (v, u) => (AdamWNumbers.Beta2 * v) + ((1 - AdamWNumbers.Beta2) * u * u)),
        ];
        return new(
            [
                .. Theta.Zip(m, v).Select(static at => at.First - (AdamWNumbers.Rate
                    * ((at.Second * AdamWNumbers.FirstCorrection
                            / ((MathF.Sqrt(at.Third) * AdamWNumbers.SecondCorrection) + AdamWNumbers.Epsilon))
                        + (AdamWNumbers.Decay * at.First)))),
            ],
            m,
            v);
    }
}
