using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A function optimizer around any other optimizer, which takes its step by the gradient that this one makes of the
/// function. State, groups and learning rate are those of the optimizer inside; frozen leaves count in no norm.
/// </summary>
/// <remarks>
/// A gradient that is not finite throws, unless the optimizer inside accepts it, as <see cref="ApplyIfFinite"/> does.
/// </remarks>
public abstract record FunctionWrapper : FunctionOptimizer
{
    private readonly Recycler<object> idle = new(4);

    private protected FunctionWrapper(Optimizer inner) => Inner = inner;

    /// <summary>The optimizer inside, which has the groups too.</summary>
    public Optimizer Inner { get; private init; }

    /// <inheritdoc/>
    public override ImmutableArray<LeafGroup> Groups
    {
        get => Inner.Groups;
        init => Inner = Inner with { Groups = value };
    }

    /// <inheritdoc/>
    public override StateFormat? StateFormat
    {
        get => Inner.StateFormat;
        init => Inner = Inner with { StateFormat = value };
    }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms => Inner.Transforms;

    /// <inheritdoc/>
    public override double LearningRateAt(long step) => Inner.LearningRateAt(step);

    /// <summary>Whether the settings and the optimizers inside are the same.</summary>
    public virtual bool Equals(FunctionWrapper? other) => base.Equals(other) && Inner == other!.Inner;

    /// <inheritdoc/>
    public override int GetHashCode() => Inner.GetHashCode();

    /// <summary>The loss at a point, and the gradient that the optimizer inside takes.</summary>
    /// <param name="function">The function of the step.</param>
    /// <param name="parameters">The point.</param>
    internal abstract (double Loss, ParameterTree<T> Gradients) Ask<T>(
        WrappedFunction<T> function, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    protected sealed override (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Minimize<T>(
        in FunctionStep<T> step)
    {
        WrappedFunction<T> wrapped = idle.TryTake(out object? kept) && kept is WrappedFunction<T> known ? known : new();
        wrapped.Begin(this, step);
        try
        {
            return Inner.Descend(wrapped.Function, step.Parameters, step.State, step.IsDonated);
        }
        finally
        {
            wrapped.End();
            idle.Add(wrapped);
        }
    }

    /// <inheritdoc/>
    internal override bool Accumulates => Inner.Accumulates;

    /// <inheritdoc/>
    internal override bool TakesNonFinite => Inner.TakesNonFinite;

    /// <inheritdoc/>
    internal override double BytesPerParameter<T>() => Inner.BytesPerParameter<T>();

    /// <inheritdoc/>
    internal override ImmutableArray<Leaf> FrozenLeaves(TreeLayout layout) => Inner.FrozenLeaves(layout);

    /// <inheritdoc/>
    internal override StateSchema DescribeState(int slots) => Inner.DescribeState(slots);

    /// <inheritdoc/>
    internal override StateSchema SchemaFor(TreeLayout layout, SlotStarts? starts) => Inner.SchemaFor(layout, starts);

    /// <inheritdoc/>
    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters) => Inner.Init(parameters);

    /// <inheritdoc/>
    private protected override ParameterTree<T> Evaluate<T>(ParameterTree<T> parameters, OptimizerState<T> state) =>
        Inner.EvaluationParameters(parameters, state);

    /// <inheritdoc/>
    private protected override (OptimizerState<T> State, ContinuationReport Report) GoOn<T>(
        OptimizerState<T> state, ParameterTree<T> parameters) => Inner.Continue(state, parameters);

    /// <summary>The optimizer inside checks its state itself.</summary>
    private protected override void RequireFit<T>(OptimizerState<T> state, TreeLayout layout)
    {
    }
}
