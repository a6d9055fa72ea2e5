using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A parameter and its gradient in memory that the optimizer does not own: an array, or native memory such as a tensor
/// of another library. <see cref="Optimizer.InPlace{T}"/> updates it without a copy.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct LeafBinding<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly string? name;
    private readonly ImmutableArray<int> shape;
    private readonly Memory<T> parameterArray;
    private readonly ReadOnlyMemory<T> gradientArray;
    private readonly nint parameterAddress;
    private readonly nint gradientAddress;

    /// <summary>Binds managed memory; it is pinned only during a step.</summary>
    /// <param name="name">The name of the leaf.</param>
    /// <param name="shape">The size of each dimension, outermost first; the memory is in row-major order.</param>
    /// <param name="parameters">θ of the leaf; each step writes it.</param>
    /// <param name="gradients">g of the leaf; each step reads it.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public LeafBinding(string name, ReadOnlySpan<int> shape, Memory<T> parameters, ReadOnlyMemory<T> gradients)
    {
        ElementType.Require<T>();
        ArgumentNullException.ThrowIfNull(name);
        (this.name, this.shape) = (name, [.. shape]);
        (parameterArray, gradientArray) = (parameters, gradients);
        (ParameterLength, GradientLength) = (parameters.Length, gradients.Length);
    }

    /// <summary>Binds native memory. It must stay valid, at the same address, while steps are made.</summary>
    /// <param name="name">The name of the leaf.</param>
    /// <param name="shape">The size of each dimension, outermost first; the memory is in row-major order.</param>
    /// <param name="parameters">
    /// The address of θ of the leaf, with as many elements as the shape; each step writes it.
    /// </param>
    /// <param name="gradients">
    /// The address of g of the leaf, with as many elements as the shape; each step reads it.
    /// </param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public LeafBinding(string name, ReadOnlySpan<int> shape, T* parameters, T* gradients)
    {
        ElementType.Require<T>();
        ArgumentNullException.ThrowIfNull(name);
        (this.name, this.shape) = (name, [.. shape]);
        (parameterAddress, gradientAddress) = ((nint)parameters, (nint)gradients);
        (ParameterLength, GradientLength) = (-1, -1);
    }

    /// <summary>
    /// Binds native memory of a parameter that has no gradient yet. Until <see cref="InPlaceOptimizer{T}.Rebind"/> gives
    /// it one, steps leave the leaf and its state as they are.
    /// </summary>
    /// <inheritdoc cref="LeafBinding{T}(string, ReadOnlySpan{int}, T*, T*)"/>
    public LeafBinding(string name, ReadOnlySpan<int> shape, T* parameters)
        : this(name, shape, parameters, null) => MayLackGradient = true;

    private LeafBinding(LeafBinding<T> other, nint parameters, nint gradients)
    {
        (name, shape) = (other.name, other.shape);
        (parameterAddress, gradientAddress) = (parameters, gradients);
        (ParameterLength, GradientLength, MayLackGradient) = (-1, -1, true);
    }

    /// <summary>The name of the leaf.</summary>
    public string Name => name ?? throw Missing();

    /// <summary>The size of each dimension, outermost first.</summary>
    public ImmutableArray<int> Shape => name is null ? throw Missing() : shape;

    /// <summary>The number of elements of the memory of θ; −1 for an address, whose length is not known.</summary>
    internal int ParameterLength { get; }

    /// <summary>The number of elements of the memory of g; −1 for an address, whose length is not known.</summary>
    internal int GradientLength { get; }

    /// <summary>Whether the address of the gradient may be null, where there is no gradient.</summary>
    internal bool MayLackGradient { get; }

    /// <summary>Whether it is an address.</summary>
    internal bool IsNative => ParameterLength < 0;

    /// <summary>The same leaf at other addresses.</summary>
    internal LeafBinding<T> At(nint parameters, nint gradients) => new(this, parameters, gradients);

    /// <summary>Pins the memory until the handles are disposed, and returns the addresses.</summary>
    internal (nint Parameters, nint Gradients) Pin(out MemoryHandle parameters, out MemoryHandle gradients)
    {
        (parameters, gradients) = (default, default);
        if (ParameterLength < 0) return (parameterAddress, gradientAddress);
        parameters = parameterArray.Pin();
        gradients = gradientArray.Pin();
        return ((nint)parameters.Pointer, (nint)gradients.Pointer);
    }

    private static ArgumentException Missing() =>
        new("A binding is default(LeafBinding); make it with a name, a shape and memory.");
}
