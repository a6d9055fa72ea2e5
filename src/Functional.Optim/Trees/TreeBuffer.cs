using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Optim;

/// <summary>
/// A writable tree, for gradient sources and initializers: rent a buffer with <see cref="TreeLayout.Rent{T}"/>, fill
/// its leaves, and turn it into a tree with <see cref="ToTree"/>.
/// </summary>
/// <remarks>
/// Thread safety: several threads may write different elements at the same time. Call
/// <see cref="ToTree"/> when all have finished. When several threads call it, one succeeds and the others
/// get an <see cref="ObjectDisposedException"/>.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct TreeBuffer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeStorage<T>? storage;
    private readonly long generation;

    internal TreeBuffer(TreeStorage<T> storage, long generation)
    {
        this.storage = storage;
        this.generation = generation;
    }

    /// <summary>Whether this handle is <c>default</c>, so that it refers to no buffer.</summary>
    internal bool IsDefault => storage is null;

    /// <summary>The names and shapes of the leaves.</summary>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public TreeLayout Layout => Storage.Layout;

    internal TreeStorage<T> Storage
    {
        get
        {
            TreeStorage<T> live = storage
                ?? throw new InvalidOperationException("This buffer was never rented; use TreeLayout.Rent.");
            return generation == live.Generation ? live : throw BecameTree();
        }
    }

    /// <summary>
    /// The flat buffer, padding included. <see cref="ToTree"/> clears the padding; the span must not be used after it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public Span<T> AsSpan() => Storage.Memory.Span;

    /// <summary>The elements of one leaf, in row-major order.</summary>
    /// <param name="leaf">A leaf of this buffer, or an equal leaf of another layout.</param>
    /// <exception cref="ArgumentException">This buffer has no such leaf: the name or the shape differs.</exception>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public Span<T> AsSpan(Leaf leaf) => Storage.Span(leaf);

    /// <summary>The elements of the leaf with a name, in row-major order.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public Span<T> AsSpan(string name) => AsSpan(Layout[name]);

    /// <summary>
    /// The elements of the leaf with a name, as a .NET tensor of its shape; a scalar has the shape [1].
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public TensorSpan<T> AsTensorSpan(string name) => new(AsSpan(name), Layout[name].TensorLengths);

    /// <summary>Turns the buffer into an immutable tree, without copying. The buffer cannot be used any more.</summary>
    /// <remarks>
    /// Do not use a span of the buffer after this call: it still writes to the memory of the tree. The tree would
    /// change, while values that were computed from it once, such as its norm, would not.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The buffer is already a tree.</exception>
    public ParameterTree<T> ToTree()
    {
        TreeStorage<T> live = Storage;
        if (!live.TryClaim(generation, consumer: null, out long next)) throw BecameTree();
        live.ClearPadding();
        return new ParameterTree<T>(live, next);
    }

    /// <summary>The addresses of the elements.</summary>
    internal unsafe LeafMemory<T> Memory => new(Storage.Memory.Pointer);

    /// <summary>
    /// The tree that the buffer will be, for a caller that writes it by address before anybody else reads it.
    /// </summary>
    internal ParameterTree<T> AsUnwritten() => new(Storage, generation);

    private static ObjectDisposedException BecameTree() =>
        new(nameof(TreeBuffer<>), "This buffer is already a tree (ToTree); rent another one to write to.");
}
