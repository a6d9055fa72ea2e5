using System.Numerics;

namespace Functional.Optim;

/// <summary>A gradient (or an update, or the loss) is NaN or infinite. Nothing was changed.</summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <summary>The exception for a leaf at a step.</summary>
    /// <param name="leaf">The name of the first leaf that is not finite.</param>
    /// <param name="step">The number of the update that was to be made, from 1.</param>
    public NonFiniteGradientException(string leaf, long step)
        : this(leaf, step, $"The gradient of '{leaf}' is not finite at step {step}; lower the learning rate or clip earlier.")
    {
    }

    private NonFiniteGradientException(string leaf, long step, string message)
        : base(message)
    {
        Leaf = leaf;
        Step = step;
    }

    /// <summary>The name of the first leaf whose gradient is not finite; empty when it is the loss.</summary>
    public string Leaf { get; }

    /// <summary>The number of the update that was to be made, from 1.</summary>
    public long Step { get; }

    internal static NonFiniteGradientException OfLoss(long step) =>
        new("", step, $"The loss is not finite at step {step}; start elsewhere or lower the learning rate.");

    internal static NonFiniteGradientException In<T>(TreeLayout layout, ReadOnlySpan<T> values, ReadOnlySpan<Leaf> frozen, long step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(layout.FirstNonFinite(values, except: frozen)?.Name ?? "every leaf together", step);
}
