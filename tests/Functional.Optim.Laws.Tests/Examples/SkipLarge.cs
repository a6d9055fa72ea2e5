namespace Functional.Optim.Laws.Tests;

/// <summary>A wrapper: leaves gradients out whose norm is above a limit.</summary>
/// <param name="Around">The optimizer that takes the others.</param>
/// <param name="Limit">The largest norm that it is given.</param>
public sealed record SkipLarge(Optimizer Around, double Limit) : Wrapper(Around)
{
    protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
    {
        if (step.Gradients.GlobalNorm() <= Limit) return step.Inside(step.Gradients);
        (ParameterTree<T> Output, OptimizerState<T> State) same = step.Unchanged();
        if (step.IsDonated) step.Gradients.Release();
        return same;
    }
}
