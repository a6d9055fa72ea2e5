using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A parameter that lies in somebody else's memory, an array or native memory such as a tensor of another library, with its gradient:
/// what <see cref="Optimizer.InPlace{T}"/> steps over without a copy.
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

    /// <summary>Binds managed memory. It is pinned during a step only.</summary>
    /// <param name="name">The name of the leaf.</param>
    /// <param name="shape">The size of each dimension, outermost first; the memory is in row-major order.</param>
    /// <param name="parameters">θ of the leaf; written by each step.</param>
    /// <param name="gradients">g of the leaf; read by each step.</param>
    public LeafBinding(string name, ReadOnlySpan<int> shape, Memory<T> parameters, ReadOnlyMemory<T> gradients)
    {
        ElementType.Require<T>();
        ArgumentNullException.ThrowIfNull(name);
        (this.name, this.shape) = (name, [.. shape]);
        (parameterArray, gradientArray) = (parameters, gradients);
        (ParameterLength, GradientLength) = (parameters.Length, gradients.Length);
    }

    /// <summary>Binds native memory, which must stay where it is as long as steps are made.</summary>
    /// <param name="name">The name of the leaf.</param>
    /// <param name="shape">The size of each dimension, outermost first; the memory is in row-major order.</param>
    /// <param name="parameters">The address of θ of the leaf, of as many elements as the shape has; written by each step.</param>
    /// <param name="gradients">The address of g of the leaf, of as many elements; read by each step.</param>
    public LeafBinding(string name, ReadOnlySpan<int> shape, T* parameters, T* gradients)
    {
        ElementType.Require<T>();
        ArgumentNullException.ThrowIfNull(name);
        (this.name, this.shape) = (name, [.. shape]);
        (parameterAddress, gradientAddress) = ((nint)parameters, (nint)gradients);
        (ParameterLength, GradientLength) = (-1, -1);
    }

    /// <summary>The name of the leaf.</summary>
    public string Name => name ?? throw Missing();

    /// <summary>The size of each dimension, outermost first.</summary>
    public ImmutableArray<int> Shape => name is null ? throw Missing() : shape;

    /// <summary>How many elements the memory of θ has; −1 where it is an address only.</summary>
    internal int ParameterLength { get; }

    /// <summary>How many elements the memory of g has; −1 where it is an address only.</summary>
    internal int GradientLength { get; }

    /// <summary>Keeps the memory where it is until the handles are disposed of, and tells where that is.</summary>
    internal (nint Parameters, nint Gradients) Pin(out MemoryHandle parameters, out MemoryHandle gradients)
    {
        (parameters, gradients) = (default, default);
        if (ParameterLength < 0) return (parameterAddress, gradientAddress);
        parameters = parameterArray.Pin();
        gradients = gradientArray.Pin();
        return ((nint)parameters.Pointer, (nint)gradients.Pointer);
    }

    private static ArgumentException Missing() => new("A binding is default(LeafBinding); make it with a name, a shape and memory.");
}
