using System.Numerics;

namespace Functional.Optim;

/// <summary>The loss that one step minimizes: counts how often it is asked for, and holds the frozen leaves still.</summary>
internal sealed class Objective<T>(ValueAndGradient<T> valueAndGradient, TreeLayout layout, Func<Leaf, bool>? isFrozen, long step)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Leaf[] frozen = isFrozen is null ? [] : [.. layout.Leaves.Where(isFrozen)];

    internal int Evaluations { get; private set; }

    /// <summary>The point itself, where a line may start.</summary>
    internal Trial<T> At(ParameterTree<T> parameters, double stepSize = 0)
    {
        Evaluations++;
        (double loss, ParameterTree<T> gradients) = valueAndGradient(parameters);
        layout.RequireSame(gradients.Layout, nameof(gradients));
        if (gradients.IsIn(parameters)) gradients = gradients.Copy();
        if (frozen.Length > 0)
        {
            TreeBuffer<T> free = layout.RentUncleared<T>();
            gradients.AsSpan().CopyTo(free.AsSpan());
            foreach (Leaf leaf in frozen) free.AsSpan(leaf).Clear();
            gradients = free.ToTree();
        }

        return new Trial<T>(stepSize, parameters, loss, gradients, gradients.LargestMagnitude());
    }

    /// <summary>The point θ + t·d, with what the loss is there.</summary>
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
        return moved.ToTree();
    }

    /// <summary>The point, or the fault that is there.</summary>
    internal Trial<T> RequireFinite(Trial<T> trial) => trial.IsFinite
        ? trial
        : throw (double.IsFinite(trial.Loss)
            ? NonFiniteGradientException.In(layout, trial.Gradients.AsSpan(), frozen, step)
            : NonFiniteGradientException.OfLoss(step));
}
