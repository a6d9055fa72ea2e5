using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Weight decay: u' = u + λ·θ. In front of the moments it is an L2 penalty (<see cref="Coupled"/>); after them, before
/// the learning rate, it is decoupled (<see cref="Decoupled"/>) and shrinks θ by 1 − η·λ (Loshchilov and Hutter, 2019).
/// After the learning rate decoupled decay is independent of it and shrinks θ by 1 − λ.
/// </summary>
public sealed record WeightDecay : Transform
{
    private WeightDecay()
    {
    }

    /// <summary>λ(t); finite and not negative.</summary>
    public required Schedule Lambda { get; init => field = Setting.Check(value, "weightDecay"); }

    /// <summary>Which leaves decay.</summary>
    public LeafFilter DecayFilter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>
    /// Whether an element decays only where that does not work against its update: u·θ ≥ 0 (cautious weight decay,
    /// arXiv:2510.12402).
    /// </summary>
    public bool Cautious { get; init; }

    /// <summary>η(t), where λ is multiplied by η/η_max; <see langword="null"/> where it is not.</summary>
    public Schedule? LearningRate
    {
        get;
        init => field = value is null ? null : Setting.Check(value, "learningRate");
    }

    /// <summary>
    /// η_max; finite, positive and not below the largest rate of the schedule <see cref="LearningRate"/>, or
    /// <see langword="null"/> for that rate, which the schedule has to tell.
    /// </summary>
    public double? MaxRate
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.Positive) : null;
    }

    /// <summary>
    /// The rate of the move where the decay is not that of the parameters before it; <see langword="null"/> where it
    /// is.
    /// </summary>
    internal Schedule? MoveRate { get; init; }

    /// <summary>
    /// Whether the decay of the parameters after the move is a division, θ'' = θ' / (1 + η·λ), and not a product,
    /// θ'' = (1 − η·λ)·θ'.
    /// </summary>
    internal bool IsProximal { get; init; }

    /// <summary>Whether the first update does not decay.</summary>
    internal bool StartsAtSecond { get; init; }

    /// <summary>Decoupled decay: put it after the moments and before the learning rate.</summary>
    /// <param name="weightDecay">λ or λ(t); finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="cautious">Whether an element decays only where u·θ ≥ 0 (arXiv:2510.12402).</param>
    /// <exception cref="ArgumentException">λ is negative or not finite.</exception>
    public static WeightDecay Decoupled(
        Schedule weightDecay, Func<Leaf, bool>? decay = null, bool cautious = false) => Setting.Make(
        () => new WeightDecay { Lambda = weightDecay, DecayFilter = LeafFilter.Of(decay), Cautious = cautious });

    /// <summary>An L2 penalty of λ/2·‖θ‖²: the same formula, put before the moments.</summary>
    /// <param name="weightDecay">λ or λ(t); finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">λ is negative or not finite.</exception>
    public static WeightDecay Coupled(Schedule weightDecay, Func<Leaf, bool>? decay = null) =>
        Decoupled(weightDecay, decay);

    /// <summary>
    /// Decoupled decay that is corrected by the learning rate: u' = u + λ·η(t)/η_max·θ (Defazio, 2025,
    /// arXiv:2506.02285). Put it before the learning rate, whose schedule it takes too.
    /// </summary>
    /// <param name="weightDecay">λ or λ(t); finite and not negative.</param>
    /// <param name="learningRate">η(t).</param>
    /// <param name="maxRate">η_max, finite, positive and not below the largest rate of the schedule; that rate when
    /// <see langword="null"/>, which compositions by <see cref="Schedule.Chained"/> and functions do not tell.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="cautious">Whether an element decays only where u·θ ≥ 0 (arXiv:2510.12402).</param>
    /// <exception cref="ArgumentException">A value is out of range, or η_max is not known.</exception>
    public static WeightDecay Corrected(
        Schedule weightDecay, Schedule learningRate, double? maxRate = null, Func<Leaf, bool>? decay = null,
        bool cautious = false) => Setting.Make(() =>
    {
        Setting.Require(learningRate is not null, learningRate, "a schedule", nameof(learningRate));
        Setting.Require(
            learningRate is not { MaxRate: null } || maxRate is not null, maxRate,
            "a number with a schedule that does not tell its largest rate", nameof(maxRate));
        CheckMaxRate(maxRate, learningRate?.MaxRate);
        return Decoupled(weightDecay, decay, cautious) with { LearningRate = learningRate, MaxRate = maxRate };
    });

    /// <summary>
    /// Refuses an η_max below the largest rate of the schedule, where that is known: η/η_max would exceed 1.
    /// </summary>
    internal static void CheckMaxRate(double? maxRate, double? largest) => Setting.Require(
        !(maxRate > 0 && maxRate < largest), maxRate,
        FormattableString.Invariant($"{largest} or more, the largest rate of the schedule"), nameof(MaxRate));

    /// <inheritdoc/>
    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        Lambda is Constant { Rate: 0 } ? [] : [("decay", DecayFilter)];

    /// <inheritdoc/>
    protected internal override double WeightDecayFor(Leaf leaf) => Reaches(leaf) ? LambdaAt(1) : 0;

    /// <inheritdoc/>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        Reaches(leaf) ? settings.WeightDecayMultiplier : 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">λ(t) is not allowed, or η_max is not known.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double lambda = LambdaAt(pass.Step) * CorrectionAt(pass.Step) * pass.Factor;
        if (MoveRate is not null)
        {
            (double kept, lambda) = AfterMove(MoveRate.At(pass.Step), lambda, IsProximal);
            pass.Add(first, new Then<T, ScaleRule<T>, DecayRule<T>>(
                new(T.CreateTruncating(kept)), new(T.CreateTruncating(lambda))));
        }
        else if (Cautious)
        {
            pass.Add(first, new CautiousDecayRule<T>(T.CreateTruncating(lambda)));
        }
        else
        {
            pass.Add(first, new DecayRule<T>(T.CreateTruncating(lambda)));
        }
    }

    /// <summary>
    /// The decay of the parameters after the move as that of those before it: u' = c·u + λ'·θ, which is
    /// (1 − η·λ)·u + λ·θ, or (u + λ·θ) / (1 + η·λ) where it is a division.
    /// </summary>
    internal static (double Kept, double Decay) AfterMove(double rate, double lambda, bool isProximal) =>
        isProximal ? (1 / (1 + (rate * lambda)), lambda / (1 + (rate * lambda))) : (1 - (rate * lambda), lambda);

    /// <summary>η/η_max at an update; 1 where there is none, or no rate at all.</summary>
    internal static double CorrectionAt(long step, Schedule learningRate, double maxRate) =>
        maxRate > 0 ? learningRate.At(step) / maxRate : 1;

    /// <summary>What λ is multiplied by at an update.</summary>
    internal double CorrectionAt(long step)
    {
        if (step == 1 && StartsAtSecond) return 0;
        if (LearningRate is null) return 1;
        double? largest = LearningRate.MaxRate;
        // A copy by with may have other numbers than the factory saw.
        if (MaxRate < largest) CheckMaxRate(MaxRate, largest);
        return CorrectionAt(step, LearningRate, MaxRate ?? largest ?? throw new InvalidOperationException(
            $"{nameof(MaxRate)} is null; allowed is a number with {LearningRate}, which does not tell its largest "
            + "rate."));
    }

    // Without any decay all leaves are alike.
    private bool Reaches(Leaf leaf) => Lambda is not Constant { Rate: 0 } && DecayFilter.Contains(leaf);

    /// <summary>λ at an update.</summary>
    internal double LambdaAt(long step) => Lambda.SettingAt(step, Bounds.NotNegative, nameof(Lambda));
}
