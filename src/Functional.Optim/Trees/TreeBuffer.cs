using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Optim;

/// <summary>
/// A tree that is still being written, for gradient sources and initializers: rent one with
/// <see cref="TreeLayout.Rent{T}"/>, fill its leaves, and freeze it with <see cref="ToTree"/>.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct TreeBuffer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeStorage<T>? storage;
    private readonly int generation;

    internal TreeBuffer(TreeStorage<T> storage, int generation)
    {
        this.storage = storage;
        this.generation = generation;
    }

    /// <summary>The names and shapes.</summary>
    public TreeLayout Layout => Storage.Layout;

    internal TreeStorage<T> Storage
    {
        get
        {
            TreeStorage<T> live = storage ?? throw new InvalidOperationException("This buffer was never rented; use TreeLayout.Rent.");
            live.RequireLive(generation);
            return live;
        }
    }

    /// <summary>The flat buffer, padding included. The padding must stay zero.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public Span<T> AsSpan() => Storage.Memory.Span;

    /// <summary>The elements of one leaf.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public Span<T> AsSpan(Leaf leaf) => Storage.Memory.Span.Slice(leaf.Offset, leaf.Length);

    /// <summary>The elements of the leaf of a name.</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    public Span<T> AsSpan(string name) => AsSpan(Layout[name]);

    /// <summary>The elements of the leaf of a name in its shape, for code over .NET's tensors; a scalar has the shape [1].</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public TensorSpan<T> AsTensorSpan(string name) => new(AsSpan(name), Layout[name].TensorLengths);

    /// <summary>Freezes the buffer into an immutable tree, without copying; the buffer can be written no more.</summary>
    public ParameterTree<T> ToTree()
    {
        TreeStorage<T> live = Storage;
        return new ParameterTree<T>(live, live.Claim("ToTree"));
    }
}
