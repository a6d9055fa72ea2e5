using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The exponential moving average of the parameters, a = β·a + (1 − β)·θ', as a transform after an optimizer: evaluate
/// and ship <see cref="Optimizer.EvaluationParameters"/>, which is a. The first parameters averaged are copied.
/// </summary>
/// <remarks>
/// torch's <c>AveragedModel</c> with an EMA is the default. In timm's <c>ModelEmaV3</c> the average is a copy of θ
/// until it begins, after <c>update_after_step</c> updates and one more; here evaluation is at θ until
/// <see cref="Start"/>, that number and 1, which is the same. Averaging from <see cref="Start"/> on keeps
/// the first, random parameters out of it.
/// </remarks>
public sealed record ParameterEma : ParameterAverage
{
    private ParameterEma()
    {
    }

    /// <summary>β, in [0, 1).</summary>
    public double Decay { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>How the average starts.</summary>
    public EmaWarmup Warmup { get; init => field = Setting.Check(value); }

    /// <summary>γ, how slowly decay rises with <see cref="EmaWarmup.Power"/>; finite and positive.</summary>
    public double Gamma { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>p, the power by which decay rises with <see cref="EmaWarmup.Power"/>; finite and positive.</summary>
    public double Power { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>The lowest decay that rises with <see cref="EmaWarmup.Power"/>, from 0 to β; 0 otherwise.</summary>
    public double MinDecay { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>The first update whose parameters are averaged; 1 or more.</summary>
    public long Start { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>How many updates there are from one average to the next; 1 or more.</summary>
    public long Every { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>The transform with its constants, to put after an optimizer.</summary>
    /// <param name="decay">β, in [0, 1).</param>
    /// <param name="warmup">How the average starts.</param>
    /// <param name="gamma">γ, how slowly decay rises with <see cref="EmaWarmup.Power"/>; finite and positive.</param>
    /// <param name="power">p, the power by which it rises; finite and positive.</param>
    /// <param name="start">The first update whose parameters are averaged; 1 or more.</param>
    /// <param name="every">How many updates there are from one average to the next; 1 or more.</param>
    /// <param name="minDecay">The lowest decay that rises, from 0 to β; 0 with another start.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ParameterEma Of(
        double decay = 0.999, EmaWarmup warmup = EmaWarmup.Copy, double gamma = 1, double power = 2.0 / 3,
        long start = 1, long every = 1, double minDecay = 0) =>
        Setting.Make(() =>
        {
            ParameterEma made = new()
            {
                Decay = decay, Warmup = warmup, Gamma = gamma, Power = power, Start = start, Every = every,
                MinDecay = minDecay,
            };
            made.CheckTogether();
            return made;
        });

    private protected override long CountAt(long step) => CountOf(Start, Every, step);

    private protected override double WeightOf(long count)
    {
        if (!GoesTogether) CheckTogether();
        return Warmup switch
        {
            _ when count == 1 => 1,
            EmaWarmup.BiasCorrection => (1 - Decay) / BiasCorrection.Factor(Decay, count),
            EmaWarmup.Power =>
                Math.Min(Math.Max(1 - Decay, Math.Pow(1 + ((count - 1) / Gamma), -Power)), 1 - MinDecay),
            _ => 1 - Decay,
        };
    }

    private bool GoesTogether => MinDecay == 0 || (Warmup == EmaWarmup.Power && !(MinDecay > Decay));

    private void CheckTogether() => Setting.Require(
        GoesTogether, MinDecay, "from 0 to the decay, and 0 unless that rises with Power", nameof(MinDecay));
}
