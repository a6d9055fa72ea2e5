using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// L-BFGS (Liu and Nocedal, 1989, doi:10.1007/BF01589116): θ' = θ − t·H·g, with H built from the last moves s and
/// changes of the gradient y over them, so that H·y = s for the last of them. Defaults, tolerances and the first step
/// of length t = min(1, 1/Σ|g|)·η are torch's.
/// </summary>
/// <remarks>
/// A step makes several iterations and asks for loss and gradient itself; the function must be the same at every call
/// within a step. All leaves go one step together, so its groups can do no more than freeze. Its state grows with the
/// moves that are remembered (<see cref="LbfgsState{T}"/>). The last move is remembered if sᵀy exceeds 10⁻¹⁰ (torch). A
/// step ends where the direction falls too little to be followed. As in torch, the next step takes the move that was
/// not made for the last one; its y is then the change of the gradient in one place, which is 0, and not remembered,
/// unless the function has changed.
/// </remarks>
public sealed record Lbfgs : FunctionOptimizer
{
    /// <summary>What its states hold, however many moves that are.</summary>
    internal const string Identity = "lbfgs(gradient, direction, moves, changes)";

    private const double MinCurvature = 1e-10;

    private static readonly Bounds Count = Bounds.AtLeast(1);

    private readonly int? maximumEvaluations;

    private Lbfgs(int? maximumEvaluations) => this.maximumEvaluations = maximumEvaluations;

    /// <summary>η(k) of the k-th step: the step size, or the one that a line search tries first.</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <summary>How many iterations a step makes; 1 or more.</summary>
    public int MaximumIterations { get; init => field = Setting.Check(value, Count); }

    /// <summary>
    /// After how many evaluations of loss and gradient a step ends; 1 or more. A line search is finished first. Unless
    /// given, 5/4 of the iterations, whatever these are changed to.
    /// </summary>
    public int MaximumEvaluations
    {
        get => maximumEvaluations ?? (int)Math.Min(int.MaxValue, MaximumIterations * 5L / 4);
        init => maximumEvaluations = Setting.Check(value, Count);
    }

    /// <summary>A step ends where no element of the gradient exceeds it; finite and not negative.</summary>
    public double GradientTolerance { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>A step ends where neither a parameter nor the loss changes by more; finite and not negative.</summary>
    public double ChangeTolerance { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>How many moves are remembered; 1 or more.</summary>
    public int HistorySize { get; init => field = Setting.Check(value, Count); }

    /// <summary>How far to go along a direction.</summary>
    public LineSearch LineSearch { get; init => field = Setting.Check(value); }

    /// <summary>
    /// Which leaves stay bit for bit as they are, whatever their gradient; none when <see langword="null"/>.
    /// </summary>
    public LeafFilter Frozen { get; init => field = Setting.Present(value); } = LeafFilter.None;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(k) of the k-th step; 1 when <see langword="null"/>.</param>
    /// <param name="maximumIterations">How many iterations a step makes; 1 or more.</param>
    /// <param name="maximumEvaluations">After how many evaluations a step ends; 1 or more; 5/4 of the iterations when
    /// <see langword="null"/>.</param>
    /// <param name="gradientTolerance">The largest gradient at a minimum; finite and not negative.</param>
    /// <param name="changeTolerance">The largest change that counts as none; finite and not negative.</param>
    /// <param name="historySize">How many moves are remembered; 1 or more.</param>
    /// <param name="lineSearch">How far to go along a direction.</param>
    /// <param name="frozen">Which leaves stay bit for bit as they are; none when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lbfgs Of(
        Schedule? learningRate = null, int maximumIterations = 20, int? maximumEvaluations = null,
        double gradientTolerance = 1e-7, double changeTolerance = 1e-9, int historySize = 100,
        LineSearch lineSearch = LineSearch.None, Func<Leaf, bool>? frozen = null) =>
        Setting.Make(() => new Lbfgs(
            maximumEvaluations is { } given ? Setting.Check(given, Count, nameof(maximumEvaluations)) : null)
        {
            LearningRate = learningRate ?? 1, MaximumIterations = maximumIterations,
            GradientTolerance = gradientTolerance, ChangeTolerance = changeTolerance, HistorySize = historySize,
            LineSearch = lineSearch, Frozen = frozen is null ? LeafFilter.None : LeafFilter.Of(frozen),
        });

    /// <inheritdoc/>
    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters => [("frozen", Frozen)];

    internal static CatalogueEntry<Lbfgs> Entry { get; } = new CatalogueEntry<Lbfgs, Lbfgs>(
        "optimizer", "lbfgs", () => Of(),
        at => Of(
            at.LearningRate(
                "learningRate", "η(k), the step size, or the one that a line search tries first", of => of.LearningRate,
                required: false),
            at.Integer("maximumIterations", "how many iterations a step makes", of => of.MaximumIterations),
            at.IntegerOrNone(
                "maximumEvaluations", "after how many evaluations a step ends; 5/4 of the iterations where not given",
                of => of.maximumEvaluations, Count.Allowed),
            at.Real("gradientTolerance", "the largest gradient at a minimum", of => of.GradientTolerance),
            at.Real("changeTolerance", "the largest change that counts as none", of => of.ChangeTolerance),
            at.Integer("historySize", "how many moves are remembered", of => of.HistorySize),
            at.Choice("lineSearch", "how far to go along a direction", of => of.LineSearch),
            at.Leaves("frozen", "which leaves stay as they are", of => of.Frozen)))
    {
        Description = "takes a function, and makes a curvature of its last moves", Paper = "Liu and Nocedal, 1989",
        OtherNames = "torch LBFGS, Optax lbfgs",
        Differences = "a pure step; Optax remembers 10 moves and searches a line by default",
    };

    /// <summary>The state before the first step: nothing remembered.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters.</param>
    public new LbfgsState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LbfgsState<T>.From(base.Init(parameters));

    /// <summary>
    /// One step of up to <see cref="MaximumIterations"/> iterations. The inputs stay as they are; where the gradient is
    /// within the tolerance, a copy of the parameters is returned.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="valueAndGradient">L and its gradient.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="state">The state after the step before.</param>
    /// <exception cref="ArgumentException">The layouts of parameters, gradients and state differ.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// The loss or the gradient is NaN or infinite where the step starts, after an iteration without a line search, or
    /// at every point that a line search tried.
    /// </exception>
    public (ParameterTree<T> Parameters, LbfgsState<T> State, LbfgsReport Report) Step<T>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, LbfgsState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(valueAndGradient);
        OptimizerState<T> given = state.ToState();
        RequireFit(given, parameters.Layout);
        (ParameterTree<T> reached, OptimizerState<T> next, LbfgsReport report) =
            Go(new FunctionStep<T>(this, valueAndGradient, parameters, given, isDonated: false));
        return (reached, LbfgsState<T>.From(next), report);
    }

    /// <inheritdoc/>
    protected override (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Minimize<T>(
        in FunctionStep<T> step)
    {
        (ParameterTree<T> reached, OptimizerState<T> next, LbfgsReport report) = Go(step);
        return (reached, next, report.Loss);
    }

    /// <inheritdoc/>
    public override double LearningRateAt(long step) => LearningRate.At(step);

    /// <inheritdoc/>
    internal override bool TakesNonFinite => true;

    /// <inheritdoc/>
    internal override double BytesPerParameter<T>() => Unsafe.SizeOf<T>() * (2 + (2.0 * HistorySize));

    /// <inheritdoc/>
    internal override ImmutableArray<Leaf> FrozenLeaves(TreeLayout layout)
    {
        ImmutableArray<Leaf> byGroup = base.FrozenLeaves(layout);
        if (Frozen == LeafFilter.None) return byGroup;
        HashSet<Leaf> known = [.. byGroup];
        return [.. layout.Leaves.Where(leaf => known.Contains(leaf) || Frozen.Contains(leaf))];
    }

    /// <inheritdoc/>
    private protected override string StateIdentityText => Identity;

    /// <inheritdoc/>
    private protected override ImmutableArray<string> SlotNamesOf(int slots) => LbfgsMemory.SlotNames(slots);

    /// <inheritdoc/>
    private protected override ImmutableArray<string> ScalarNamesOf(int slots) => LbfgsMemory.ScalarNames(slots);

    private (ParameterTree<T> Parameters, OptimizerState<T> State, LbfgsReport Report) Go<T>(in FunctionStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = step.Parameters.Layout;
        Objective<T> objective = new(step.Function, layout, FrozenLeaves(layout), step.Number, step.IsDonated);
        try
        {
            (Trial<T> reached, LbfgsMemory<T> memory, LbfgsReport report) =
                Iterate(objective, step.Parameters, LbfgsMemory<T>.Of(step.State), LearningRate.At(step.Number));
            memory = memory with { Evaluations = memory.Evaluations + objective.Evaluations };
            (ParameterTree<T> parameters, OptimizerState<T> state, _) =
                step.Next(reached.Parameters, report.Loss, memory.Slots(), memory.Scalars());
            objective.ReleaseExcept([parameters, .. LbfgsMemory<T>.Of(state).Slots()]);
            return (parameters, state, report);
        }
        catch
        {
            objective.ReleaseExcept();
            throw;
        }
    }

    private (Trial<T> Reached, LbfgsMemory<T> Memory, LbfgsReport Report) Iterate<T>(
        Objective<T> objective, ParameterTree<T> parameters, LbfgsMemory<T> state, double rate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Trial<T> at = objective.RequireFinite(objective.At(parameters));
        double loss = at.Loss;
        int iterations = 0;
        LbfgsStop? stop = at.LargestGradient <= GradientTolerance ? LbfgsStop.GradientTolerance : null;
        while (stop is null)
        {
            iterations++;
            bool isFirst = state.Direction.IsDefault;
            ImmutableArray<LbfgsPair<T>> history = isFirst ? [] : Remember(objective, state, at.Gradients);
            ParameterTree<T> direction = objective.Own(Descent(history, at.Gradients));
            at = objective.RequireFinite(at with { StepSize = 0, Slope = at.Gradients.Dot(direction) });
            double firstStep = isFirst ? rate * Math.Min(1, 1 / at.Gradients.SumOfMagnitudes()) : rate;
            bool isTooFlat = at.Slope > -ChangeTolerance || firstStep == 0;
            Trial<T> next = isTooFlat ? at
                : LineSearch == LineSearch.StrongWolfe
                    ? new StrongWolfe<T>(objective, at, direction, ChangeTolerance).Search(firstStep)
                : iterations < MaximumIterations ? objective.RequireFinite(objective.Along(at, direction, firstStep))
                : new(firstStep, objective.Move(at, direction, firstStep), double.NaN, default, double.NaN);
            state = new(state.Iterations + 1, state.Evaluations, history, at.Gradients, direction,
                isTooFlat ? firstStep : next.StepSize);
            stop = next.LargestGradient <= GradientTolerance ? LbfgsStop.GradientTolerance
                : next.StepSize * direction.LargestMagnitude() <= ChangeTolerance
                    || Math.Abs(next.Loss - at.Loss) < ChangeTolerance
                    ? LbfgsStop.ChangeTolerance
                : iterations == MaximumIterations ? LbfgsStop.MaximumIterations
                : objective.Evaluations >= MaximumEvaluations ? LbfgsStop.MaximumEvaluations
                : null;
            at = next;
            objective.ReleaseExcept([at.Parameters, at.Gradients, .. state.Slots()]);
        }

        return (at, state, new LbfgsReport(loss, at.Loss, iterations, objective.Evaluations, stop.Value));
    }

    /// <summary>The history with the last move, if the loss bends upwards along it.</summary>
    private ImmutableArray<LbfgsPair<T>> Remember<T>(
        Objective<T> objective, LbfgsMemory<T> state, ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> move = state.StepSize == 1
            ? state.Direction
            : objective.Own(state.Direction.Times(state.StepSize));
        ParameterTree<T> change = objective.Own(gradients.Minus(state.Gradients));
        double curvature = move.Dot(change);
        if (!(curvature > MinCurvature)) return state.History;
        int forgotten = Math.Max(0, state.History.Length + 1 - HistorySize);
        return [
            .. state.History.AsSpan()[forgotten..], new(move, change, 1 / curvature, curvature / change.Dot(change))];
    }

    /// <summary>
    /// −H·g by the recursion of two loops (Nocedal and Wright, algorithm 7.4), H₀ = γ·I of the last move.
    /// </summary>
    private static TreeBuffer<T> Descent<T>(ImmutableArray<LbfgsPair<T>> history, ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> direction = gradients.Times(-1);
        double[] shares = new double[history.Length];
        for (int index = history.Length - 1; index >= 0; index--)
        {
            LbfgsPair<T> pair = history[index];
            shares[index] = pair.InverseCurvature * pair.Move.Dot(direction);
            direction.Add(-shares[index], pair.GradientChange);
        }

        if (!history.IsEmpty) direction.Scale(history[^1].Scale);
        for (int index = 0; index < history.Length; index++)
        {
            LbfgsPair<T> pair = history[index];
            direction.Add(shares[index] - (pair.InverseCurvature * pair.GradientChange.Dot(direction)), pair.Move);
        }

        return direction;
    }
}
