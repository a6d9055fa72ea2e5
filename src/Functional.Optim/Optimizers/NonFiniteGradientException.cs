using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A gradient (or an update, or the loss) is NaN or infinite, and nothing was changed; or a trainer found that
/// parameters or state are.
/// </summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <summary>The exception for a leaf at a step.</summary>
    /// <param name="leaf">The name of the first leaf that is not finite.</param>
    /// <param name="step">The number of the update that was to be made, from 1.</param>
    public NonFiniteGradientException(string leaf, long step)
        : this(
            leaf, step,
            $"The gradient of '{leaf}' is not finite at step {step}; lower the learning rate or clip earlier.")
    {
    }

    private NonFiniteGradientException(string leaf, long step, string message)
        : base(message)
    {
        Leaf = leaf;
        Step = step;
    }

    /// <summary>
    /// The name of the first leaf whose gradient, parameters or state are not finite; empty when it is the loss.
    /// </summary>
    public string Leaf { get; }

    /// <summary>
    /// The number of the update that was to be made, from 1; of parameters and state, of the last step.
    /// </summary>
    public long Step { get; }

    /// <summary>
    /// The exception for parameters or a slot that are not finite after a step, though its gradient may have been.
    /// </summary>
    /// <param name="part">"parameters", or the name of the slot.</param>
    /// <param name="leaf">The name of the first leaf that is not finite.</param>
    /// <param name="step">The number of the step after which this was found.</param>
    public static NonFiniteGradientException OfState(string part, string leaf, long step) => new(
        leaf, step,
        $"The numbers in {part} of '{leaf}' are not finite after step {step}: a gradient was too large; "
        + "clip it or lower the learning rate.");

    /// <summary>The exception for a loss that is not finite.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    public static NonFiniteGradientException OfLoss(long step) =>
        new("", step, $"The loss is not finite at step {step}; start elsewhere or lower the learning rate.");

    internal static NonFiniteGradientException In<T>(
        TreeLayout layout, ReadOnlySpan<T> values, ReadOnlySpan<Leaf> frozen, long step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(layout.FirstNonFinite(values, except: frozen)?.Name ?? "every leaf together", step);
}
