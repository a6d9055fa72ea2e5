using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The function that the optimizer inside <see cref="Sam"/> sees: the loss at θ with the gradient at θ + e. Used again
/// by later steps.
/// </summary>
internal sealed class SamFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Sam? sam;
    private ValueAndGradient<T>? function;
    private ImmutableArray<Leaf> frozen;
    private long step;
    private bool isDonated;

    internal SamFunction() => Function = At;

    /// <summary>The function.</summary>
    internal ValueAndGradient<T> Function { get; }

    internal void Begin(Sam around, in FunctionStep<T> given)
    {
        (sam, function, isDonated, step) = (around, given.Function, given.IsDonated, given.Number);
        frozen = around.FrozenLeaves(given.Parameters.Layout);
    }

    internal void End() => (sam, function, frozen) = (null, null, []);

    private (double Loss, ParameterTree<T> Gradients) At(ParameterTree<T> parameters)
    {
        (double loss, ParameterTree<T> first) = function!(parameters);
        parameters.Layout.RequireSame(first.Layout, "gradients");
        if (!IsFinite(first)) return (loss, first);
        ParameterTree<T> climbed = Climb(parameters, first);
        ParameterTree<T> second;
        try
        {
            (_, second) = function(climbed);
            parameters.Layout.RequireSame(second.Layout, "gradients");
            IsFinite(second);
            if (second.IsIn(climbed)) second = second.Copy();
            if (isDonated && !first.IsIn(parameters) && !first.IsIn(second)) first.Release(nameof(Sam));
        }
        finally
        {
            climbed.Release(nameof(Sam));
        }

        return (loss, second);
    }

    /// <summary>
    /// Whether a gradient is finite, frozen leaves left out; fails where it is not and the optimizer inside cannot do
    /// with that.
    /// </summary>
    private bool IsFinite(ParameterTree<T> gradients)
    {
        if (double.IsFinite(gradients.GlobalNorm())
            || gradients.Layout.FirstNonFinite(gradients.AsSpan(), frozen.AsSpan()) is not { } leaf)
            return true;
        return sam!.TakesNonFinite ? false : throw new NonFiniteGradientException(leaf.Name, step);
    }

    /// <summary>θ + e.</summary>
    private ParameterTree<T> Climb(ParameterTree<T> parameters, ParameterTree<T> gradients)
    {
        TreeLayout layout = parameters.Layout;
        TreeBuffer<T> scaled = layout.RentUncleared<T>();
        gradients.AsSpan().CopyTo(scaled.AsSpan());
        foreach (Leaf leaf in frozen) scaled.AsSpan(leaf).Clear();
        Scale(parameters, scaled);
        double length = sam!.Rho / (BlockReduction.Norm<T>(scaled.AsSpan()) + sam.Epsilon);
        // The perturbation of the adaptive form is T²·g over the norm of T·g.
        Scale(parameters, scaled);
        ParameterTree<T> uphill = scaled.ToTree();
        try
        {
            return parameters.Plus(length, uphill).ToTree();
        }
        finally
        {
            uphill.Release(nameof(Sam));
        }
    }

    /// <summary>u ← T·u, in the adaptive form.</summary>
    private void Scale(ParameterTree<T> parameters, TreeBuffer<T> update)
    {
        if (!sam!.Adaptive) return;
        MagnitudeScaleRule<T> rule = new(sam.Eta);
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            if (!sam.Filter.Contains(leaf)) continue;
            Span<T> values = update.AsSpan(leaf);
            Elementwise.Run(rule, parameters.AsSpan(leaf), values, values);
        }
    }
}
