using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// A value in a recorded computation: an array with a shape, made from parameters and constants by the operations of
/// this library. It is valid until the function that made it returns.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Variable<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Node<T>? node;
    private readonly int recording;

    internal Variable(Node<T> node, Shape shape)
    {
        this.node = node;
        recording = node.Tape.Recording;
        Shape = shape;
    }

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The elements, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">Its computation is over.</exception>
    public ReadOnlySpan<T> Value => Node.Values;

    internal Node<T> Node =>
        node is null
            ? throw new InvalidOperationException(
                "This variable is default(Variable); parameters, constants and operations make one.")
        : node.Tape.Recording != recording
            ? throw new InvalidOperationException(
                $"This variable of shape {Shape} belongs to a computation that is over.")
        : node;

    internal Tape<T> Tape => Node.Tape;

    /// <inheritdoc cref="Operations.Add"/>
    public static Variable<T> operator +(Variable<T> left, Variable<T> right) => Operations.Add(left, right);

    /// <inheritdoc cref="Operations.Subtract"/>
    public static Variable<T> operator -(Variable<T> left, Variable<T> right) => Operations.Subtract(left, right);

    /// <inheritdoc cref="Operations.Multiply"/>
    public static Variable<T> operator *(Variable<T> left, Variable<T> right) => Operations.Multiply(left, right);

    /// <inheritdoc cref="Operations.Divide"/>
    public static Variable<T> operator /(Variable<T> left, Variable<T> right) => Operations.Divide(left, right);

    /// <inheritdoc cref="Operations.Scale"/>
    public static Variable<T> operator *(T left, Variable<T> right) => Operations.Scale(right, left);

    /// <inheritdoc cref="Operations.Scale"/>
    public static Variable<T> operator *(Variable<T> left, T right) => Operations.Scale(left, right);

    /// <summary>−x.</summary>
    public static Variable<T> operator -(Variable<T> value) => Operations.Scale(value, -T.One);

    /// <summary>The shape.</summary>
    public override string ToString() => $"variable {Shape}";
}
