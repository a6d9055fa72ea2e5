using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The function that the optimizer inside a <see cref="FunctionWrapper"/> sees. Used again by later steps.
/// </summary>
internal sealed class WrappedFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private FunctionWrapper? wrapper;
    private ValueAndGradient<T>? function;

    internal WrappedFunction() => Function = parameters => wrapper!.Ask(this, parameters);

    /// <summary>The function.</summary>
    internal ValueAndGradient<T> Function { get; }

    /// <summary>The leaves that stay as they are.</summary>
    internal ImmutableArray<Leaf> Frozen { get; private set; }

    /// <summary>The number of the step, from 1.</summary>
    internal long Step { get; private set; }

    /// <summary>Whether the gradients that the function of the caller returns may be released.</summary>
    internal bool IsDonated { get; private set; }

    internal void Begin(FunctionWrapper around, in FunctionStep<T> given)
    {
        (wrapper, function, IsDonated, Step) = (around, given.Function, given.IsDonated, given.Number);
        Frozen = around.FrozenLeaves(given.Parameters.Layout);
    }

    internal void End() => (wrapper, function, Frozen) = (null, null, []);

    /// <summary>The loss of the caller's function at a point, and its gradient.</summary>
    /// <exception cref="ArgumentException">The gradient has another layout.</exception>
    internal (double Loss, ParameterTree<T> Gradients) Evaluate(ParameterTree<T> at)
    {
        (double loss, ParameterTree<T> gradients) = function!(at);
        at.Layout.RequireSame(gradients.Layout, nameof(gradients));
        return (loss, gradients);
    }

    /// <summary>
    /// Whether a gradient is finite, frozen leaves left out; fails where it is not and the optimizer inside cannot do
    /// with that.
    /// </summary>
    /// <exception cref="NonFiniteGradientException">It is not finite.</exception>
    internal bool IsFinite(ParameterTree<T> gradients)
    {
        if (double.IsFinite(gradients.GlobalNorm())
            || gradients.Layout.FirstNonFinite(gradients.AsSpan(), Frozen.AsSpan()) is not { } leaf)
            return true;
        return wrapper!.TakesNonFinite ? false : throw new NonFiniteGradientException(leaf.Name, Step);
    }

    /// <summary>A copy of a gradient to write to, 0 where leaves are frozen.</summary>
    internal TreeBuffer<T> CopyOf(ParameterTree<T> gradients)
    {
        TreeBuffer<T> copy = gradients.Layout.RentUncleared<T>();
        gradients.AsSpan().CopyTo(copy.AsSpan());
        foreach (Leaf leaf in Frozen) copy.AsSpan(leaf).Clear();
        return copy;
    }

    /// <summary>Releases a gradient that is not needed any more, where it is donated and shares no memory.</summary>
    internal void Release(ParameterTree<T> gradients, ParameterTree<T> parameters, ParameterTree<T> made)
    {
        if (IsDonated && !gradients.IsIn(parameters) && !gradients.IsIn(made))
            gradients.Release(wrapper!.GetType().Name);
    }
}
