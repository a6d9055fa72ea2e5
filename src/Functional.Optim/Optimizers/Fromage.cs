using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Fromage (Bernstein, Vahdat, Yue and Liu, 2020, arXiv:2002.03432): each leaf moves by a part of its own norm, down
/// its gradient, and the growth that this brings is taken back: θ' = (θ − η·‖θ‖/‖g‖·g) / √(1 + η²), and
/// (θ − η·g) / √(1 + η²) where either norm is 0. η is 0.01 in the paper. It keeps nothing, or a number for each leaf.
/// </summary>
/// <remarks>
/// With a bound b a leaf whose norm would be more than b·‖θ₀‖ is scaled down to it, θ₀ being the parameters before the
/// first update; a leaf that starts at 0 then stays there. Without a gradient a leaf still shrinks by √(1 + η²). A NaN
/// or an infinity in the gradient spoils its leaf.
/// </remarks>
public sealed record Fromage : Optimizer
{
    private Fromage()
    {
    }

    /// <summary>η(t).</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <summary>
    /// b, how many times its first norm the norm of a leaf may be; finite and positive, <see langword="null"/> for no
    /// bound.
    /// </summary>
    public double? Bound
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.Positive) : null;
    }

    /// <summary>Whether to maximize.</summary>
    public bool Maximize { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms =>
        [.. Scale.SignOf(Maximize), new FromageScaling(LearningRate, Bound)];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "fromage", "moves each leaf by a part of its norm, without growth", () => Of(1),
        at => Of(
            at.LearningRate("learningRate", "η(t)", of => of.LearningRate),
            at.RealOrNone(
                "bound", "b, how many times its first norm the norm of a leaf may be; no bound where not given",
                of => of.Bound, Bounds.Positive.Allowed),
            at.Flag("maximize", "whether to maximize", of => of.Maximize)),
        "Bernstein, Vahdat, Yue and Liu, 2020", "Optax fromage",
        "one more number for each leaf with `bound`; Optax adds 1e-6 to the norms and has no bound");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="bound">b, how many times its first norm the norm of a leaf may be; finite and positive; no bound
    /// when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Fromage Of(Schedule learningRate, double? bound = null, bool maximize = false) =>
        Setting.Make(() => new Fromage { LearningRate = learningRate, Bound = bound, Maximize = maximize });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, whose norms a bound is a multiple of.</param>
    public new FromageState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => FromageState<T>.From(base.Init(parameters));
}

/// <summary>The state of Fromage: the number of finished updates, and with a bound the first norms.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct FromageState<T> : IOptimizerState<T, FromageState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="firstNorm">‖θ₀‖, a scalar for each leaf; <c>default</c> without a bound.</param>
    public FromageState(long step, ParameterTree<T> firstNorm = default)
        : this(firstNorm.IsDefault ? new(step) : new OptimizerState<T>(step, FromageScaling.Slots, [firstNorm]))
    {
    }

    private FromageState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>‖θ₀‖, a scalar for each leaf; <c>default</c> without a bound.</summary>
    public ParameterTree<T> FirstNorm => state.SlotCount == 0 ? default : state[0];

    /// <inheritdoc/>
    public static FromageState<T> From(OptimizerState<T> state) =>
        new(state.SlotCount == 0 ? state : state.Part(FromageScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
