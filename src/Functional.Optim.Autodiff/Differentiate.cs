using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>Values and gradients of functions of a parameter tree, by reverse-mode differentiation.</summary>
/// <remarks>
/// The memory of a computation is kept for the next one, so that a training loop whose shapes do not change allocates nothing; what
/// lies idle between two full garbage collections is let go, and <see cref="Trim"/> lets go of it at once. Safe
/// to call from several threads at once, and within a loss. Same inputs, same bits, whatever <see cref="Kernels.Threads.Limit"/>.
/// </remarks>
public static class Differentiate
{
    /// <summary>The loss L(θ) and its gradient ∂L/∂θ, a tree of the layout of the parameters.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="loss">L; it must return a variable of one element.</param>
    /// <param name="parameters">θ.</param>
    /// <exception cref="ArgumentException">
    /// The loss has more than one element, or shapes within it do not fit, or variables of another computation come into it.
    /// </exception>
    public static (double Loss, ParameterTree<T> Gradients) ValueAndGradient<T>(LossFunction<T> loss, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(loss);
        using Tape<T> tape = Tape<T>.Take();
        TreeBuffer<T> gradients = parameters.Layout.Rent<T>();
        try
        {
            Variable<T> result = loss(tape.Begin(parameters, gradients));
            double value = ScalarOf(result);
            tape.Backward(result);
            return (value, gradients.ToTree());
        }
        catch
        {
            gradients.ToTree().Release("a loss that failed");
            throw;
        }
    }

    /// <summary>Lets go of the memory that is kept for the next computations; those that are running keep theirs.</summary>
    /// <remarks>Safe to call at any time. What was idle between two full garbage collections is let go without it.</remarks>
    public static void Trim()
    {
        Tape<float>.Trim();
        Tape<double>.Trim();
    }

    /// <summary>The loss L(θ), forward only.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="loss">L; it must return a variable of one element.</param>
    /// <param name="parameters">θ.</param>
    /// <exception cref="ArgumentException">The loss has more than one element, or shapes within it do not fit.</exception>
    public static double Value<T>(LossFunction<T> loss, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(loss);
        using Tape<T> tape = Tape<T>.Take();
        return ScalarOf(loss(tape.Begin(parameters, null)));
    }

    /// <summary>The elements of a function's value, forward only, copied into a span.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="function">Any function of the parameters.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="destination">Where the value goes; of its length.</param>
    /// <exception cref="ArgumentException">The destination has another length than the value.</exception>
    public static void Value<T>(LossFunction<T> function, ParameterTree<T> parameters, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        using Tape<T> tape = Tape<T>.Take();
        Variable<T> result = function(tape.Begin(parameters, null));
        if (result.Shape.Length != destination.Length)
            throw new ArgumentException($"The value has the shape {result.Shape}; the destination has length {destination.Length}.", nameof(destination));
        result.Value.CopyTo(destination);
    }

    private static double ScalarOf<T>(Variable<T> loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        loss.Shape.Length == 1
            ? double.CreateTruncating(loss.Value[0])
            : throw new ArgumentException($"A loss has one element; this one has the shape {loss.Shape}. Use Sum, Mean or a loss operation.");
}
