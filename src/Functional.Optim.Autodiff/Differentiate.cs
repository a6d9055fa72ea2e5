using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>The values and gradients of functions of a parameter tree, by reverse-mode differentiation.</summary>
/// <remarks>
/// The memory of a computation is kept for the next one, so a training loop with constant shapes allocates
/// nothing. Memory that is not used between two full garbage collections is dropped; <see cref="Trim"/>
/// drops it at once. The same inputs give the same bits for any <see cref="Kernels.Threads.Limit"/>.
/// Thread-safe; calls may be nested inside a loss.
/// </remarks>
public static class Differentiate
{
    /// <summary>The loss L(θ) and its gradient ∂L/∂θ, a tree with the layout of the parameters.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="loss">L; it must return a variable of one element.</param>
    /// <param name="parameters">θ.</param>
    /// <exception cref="ArgumentException">
    /// The loss has more than one element, shapes inside it do not fit, or it uses variables of another computation.
    /// </exception>
    public static (double Loss, ParameterTree<T> Gradients) ValueAndGradient<T>(
        LossFunction<T> loss, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(loss);
        using Tape<T> tape = Tape<T>.Rent();
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

    /// <summary>Drops the memory that is kept for later computations. Running computations keep theirs.</summary>
    /// <remarks>
    /// Thread-safe. Memory that is not used between two full garbage collections is dropped without a call.
    /// </remarks>
    public static void Trim()
    {
        Tape<float>.Trim();
        Tape<double>.Trim();
    }

    /// <summary>The loss L(θ) without its gradient.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="loss">L; it must return a variable of one element.</param>
    /// <param name="parameters">θ.</param>
    /// <exception cref="ArgumentException">
    /// The loss has more than one element, or shapes inside it do not fit.
    /// </exception>
    public static double Value<T>(LossFunction<T> loss, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(loss);
        using Tape<T> tape = Tape<T>.Rent();
        return ScalarOf(loss(tape.Begin(parameters, null)));
    }

    /// <summary>Copies the value of a function of the parameters into a span, without a gradient.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="function">A function of the parameters, of any shape.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="destination">The elements of the value, in row-major order; it must have their number.</param>
    /// <exception cref="ArgumentException">The length of the destination is not that of the value.</exception>
    public static void Value<T>(LossFunction<T> function, ParameterTree<T> parameters, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        using Tape<T> tape = Tape<T>.Rent();
        Variable<T> result = function(tape.Begin(parameters, null));
        if (result.Shape.Length != destination.Length)
        {
            throw new ArgumentException(
                $"The value has the shape {result.Shape}; the destination has length {destination.Length}.",
                nameof(destination));
        }

        result.Value.CopyTo(destination);
    }

    private static double ScalarOf<T>(Variable<T> loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        loss.Shape.Length == 1
            ? double.CreateTruncating(loss.Value[0])
            : throw new ArgumentException(
                $"A loss has one element; this one has the shape {loss.Shape}. Use Sum, Mean or a loss operation.");
}
