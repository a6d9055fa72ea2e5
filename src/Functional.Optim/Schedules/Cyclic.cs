namespace Functional.Optim;

/// <summary>
/// A line from the floor up to the peak and a line down, repeated: η(k) = floor + (peak − floor)·h·s, where h in [0, 1]
/// is the height of the triangle and s is the scale of the <see cref="CyclicMode"/>; torch's CyclicLR.
/// </summary>
/// <remarks>
/// Smith, "Cyclical learning rates for training neural networks", 2017,
/// <see href="https://arxiv.org/abs/1506.01186">arXiv:1506.01186</see>. The paper's exp_range multiplies both bounds by
/// γᵏ; torch and this schedule multiply only the distance between them.
/// </remarks>
public sealed record Cyclic : CycleSchedule
{
    private Cyclic(double floor, double peak, long stepsUp, long stepsDown, CyclicMode mode, double gamma) =>
        (Floor, Peak, StepsUp, StepsDown, Mode, Gamma) = (floor, peak, stepsUp, stepsDown, mode, gamma);

    /// <summary>The lowest rate, at the start of each cycle.</summary>
    public double Floor { get; }

    /// <summary>The highest rate, at the peak of the first cycle.</summary>
    public double Peak { get; }

    /// <summary>The number of steps up.</summary>
    public long StepsUp { get; }

    /// <summary>The number of steps down.</summary>
    public long StepsDown { get; }

    /// <summary>How the height of the triangles changes.</summary>
    public CyclicMode Mode { get; }

    /// <summary>γ of <see cref="CyclicMode.ExponentialRange"/>.</summary>
    public double Gamma { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="floor">The lowest rate; from 0 to the peak. torch: base_lr.</param>
    /// <param name="peak">The highest rate; finite and not negative. torch: max_lr.</param>
    /// <param name="stepsUp">The number of steps up; 1 or more. torch: step_size_up.</param>
    /// <param name="stepsDown">
    /// The number of steps down; 1 or more. <see langword="null"/> for as many as up. torch: step_size_down.
    /// </param>
    /// <param name="mode">How the height of the triangles changes.</param>
    /// <param name="gamma">
    /// γ of <see cref="CyclicMode.ExponentialRange"/>, in (0, 1]; other modes do not use it.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Cyclic Of(
        double floor,
        double peak,
        long stepsUp = 2000,
        long? stepsDown = null,
        CyclicMode mode = CyclicMode.Triangular,
        double gamma = 1)
    {
        long down = stepsDown ?? stepsUp;
        bool isDownAllowed = down >= 1 && down <= long.MaxValue - stepsUp;
        return new ValidationErrors()
            .RequireFloor(floor, peak)
            .Require(peak, Bounds.NotNegative)
            .Require(stepsUp, Bounds.AtLeast(1))
            .Require(isDownAllowed, nameof(stepsDown), down, $"1 or more, with stepsUp at most {long.MaxValue}")
            .Require(mode)
            .Require(gamma, Bounds.AboveZeroToOne)
            .Checked(() => new Cyclic(floor, peak, stepsUp, down, mode, gamma))
            .OrThrow(nameof(Cyclic));
    }

    /// <summary>The momentum (or β₁) for this schedule: it falls while the rate rises, with the same scale.</summary>
    /// <param name="lowest">The momentum at the first peak, in [0, 1). torch: base_momentum.</param>
    /// <param name="highest">
    /// The momentum at the start of each cycle, in [0, 1), not below the lowest. torch: max_momentum.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public Schedule Momentum(double lowest = 0.8, double highest = 0.9) => MomentumBetween(lowest, highest);

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => LevelAt(step, Floor, Peak, Floor);

    /// <inheritdoc/>
    private protected override double LevelAt(long step, double start, double turn, double end)
    {
        (long cycle, long at) = Math.DivRem(step, StepsUp + StepsDown);
        double height = at <= StepsUp ? (double)at / StepsUp : (double)(StepsUp + StepsDown - at) / StepsDown;
        double scale = Mode switch
        {
            CyclicMode.Triangular => 1,
            CyclicMode.Triangular2 => Math.Pow(0.5, cycle),
            _ => Math.Pow(Gamma, step),
        };
        return Anneal.Linear.Between(start, turn, height * scale);
    }
}
