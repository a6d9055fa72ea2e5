using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The loss that one step minimizes. It counts its evaluations, keeps frozen leaves fixed, and tracks the trees of the
/// step, so that those which the step does not return are released.
/// </summary>
internal sealed class Objective<T>(
    ValueAndGradient<T> valueAndGradient, TreeLayout layout, ImmutableArray<Leaf> frozen, long step, bool isDonated)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<ParameterTree<T>> made = [];

    internal int Evaluations { get; private set; }

    /// <summary>Evaluates the loss and the gradient at parameters.</summary>
    internal Trial<T> At(ParameterTree<T> parameters, double stepSize = 0)
    {
        Evaluations++;
        (double loss, ParameterTree<T> gradients) = valueAndGradient(parameters);
        layout.RequireSame(gradients.Layout, nameof(gradients));
        TreeBuffer<T> free = layout.RentUncleared<T>();
        gradients.AsSpan().CopyTo(free.AsSpan());
        foreach (Leaf leaf in frozen) free.AsSpan(leaf).Clear();
        ParameterTree<T> own = Own(free);
        if (isDonated && !gradients.IsIn(parameters)) gradients.Release(Optimizer.Donating);
        return new Trial<T>(stepSize, parameters, loss, own, own.LargestMagnitude());
    }

    /// <summary>Registers a tree of the step.</summary>
    internal ParameterTree<T> Own(TreeBuffer<T> buffer)
    {
        ParameterTree<T> tree = buffer.ToTree();
        made.Add(tree);
        return tree;
    }

    /// <summary>Releases the trees of the step that it does not need any more.</summary>
    internal void ReleaseExcept(params ReadOnlySpan<ParameterTree<T>> kept)
    {
        int left = 0;
        for (int index = 0; index < made.Count; index++)
        {
            ParameterTree<T> tree = made[index];
            if (IsAmong(tree, kept)) made[left++] = tree;
            else tree.Release(nameof(Lbfgs));
        }

        made.RemoveRange(left, made.Count - left);
    }

    private static bool IsAmong(ParameterTree<T> tree, ReadOnlySpan<ParameterTree<T>> kept)
    {
        foreach (ParameterTree<T> other in kept)
        {
            if (!other.IsDefault && other.IsIn(tree)) return true;
        }

        return false;
    }

    /// <summary>Evaluates the loss and the gradient at θ + t·d.</summary>
    internal Trial<T> Along(Trial<T> start, ParameterTree<T> direction, double stepSize)
    {
        Trial<T> trial = At(Move(start, direction, stepSize), stepSize);
        return trial with { Slope = trial.Gradients.Dot(direction) };
    }

    /// <summary>θ + t·d.</summary>
    internal ParameterTree<T> Move(Trial<T> start, ParameterTree<T> direction, double stepSize)
    {
        TreeBuffer<T> moved = start.Parameters.Plus(stepSize, direction);
        foreach (Leaf leaf in frozen) start.Parameters.AsSpan(leaf).CopyTo(moved.AsSpan(leaf));
        return Own(moved);
    }

    /// <summary>The trial, unless its loss or gradient is not finite; then it throws.</summary>
    internal Trial<T> RequireFinite(Trial<T> trial) => trial.IsFinite
        ? trial
        : throw (double.IsFinite(trial.Loss)
            ? NonFiniteGradientException.In(layout, trial.Gradients.AsSpan(), frozen.AsSpan(), step)
            : NonFiniteGradientException.OfLoss(step));
}
