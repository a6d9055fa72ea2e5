namespace Functional.Optim;

/// <summary>
/// Stochastic weight averaging (Izmailov et al., 2018, arXiv 1803.05407): the plain mean of the parameters from an
/// update on, each k-th, as a transform after an optimizer: a = a + (θ' − a)/n at the n-th.
/// <see cref="Optimizer.EvaluationParameters"/> is a, and θ before the first.
/// </summary>
/// <remarks>As torch's <c>AveragedModel</c>. Give the optimizer a rate that stays up from <see cref="Start"/> on, as
/// the paper does.</remarks>
public sealed record Swa : ParameterAverage
{
    private Swa()
    {
    }

    /// <summary>The first update whose parameters are averaged; 1 or more.</summary>
    public long Start { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>k, how many updates there are from one average to the next; 1 or more.</summary>
    public long Every { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>The transform with its constants, to put after an optimizer.</summary>
    /// <param name="start">The first update whose parameters are averaged; 1 or more.</param>
    /// <param name="every">k, how many updates there are from one average to the next; 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Swa Of(long start, long every = 1) => Setting.Make(() => new Swa { Start = start, Every = every });

    private protected override long CountAt(long step) => CountOf(Start, Every, step);

    private protected override double WeightOf(long count) => 1.0 / count;
}
