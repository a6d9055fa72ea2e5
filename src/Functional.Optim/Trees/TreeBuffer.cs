using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Optim;

/// <summary>
/// A tree that is still being written, for gradient sources and initializers: rent one with
/// <see cref="TreeLayout.Rent{T}"/>, fill its leaves, and freeze it with <see cref="ToTree"/>.
/// </summary>
/// <remarks>
/// Thread safety: several threads may write to different elements at once. Of threads that freeze the same buffer at
/// once, one succeeds and the others get an <see cref="ObjectDisposedException"/>; freeze it only when all have
/// finished writing.
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

    /// <summary>Whether this handle was never given a buffer (<c>default</c>).</summary>
    internal bool IsDefault => storage is null;

    /// <summary>The names and shapes.</summary>
    public TreeLayout Layout => Storage.Layout;

    internal TreeStorage<T> Storage
    {
        get
        {
            TreeStorage<T> live = storage ?? throw new InvalidOperationException("This buffer was never rented; use TreeLayout.Rent.");
            return generation == live.Generation ? live : throw Frozen();
        }
    }

    /// <summary>The flat buffer, padding included; what is written to the padding is cleared by <see cref="ToTree"/>, after which a span must not be used.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public Span<T> AsSpan() => Storage.Memory.Span;

    /// <summary>The elements of one leaf.</summary>
    /// <param name="leaf">A leaf of this buffer, or of another layout with an equal one in its place.</param>
    /// <exception cref="ArgumentException">The leaf in this place has another name or shape, or there is none.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public Span<T> AsSpan(Leaf leaf)
    {
        TreeStorage<T> live = Storage;
        Leaf own = live.Layout.Own(leaf);
        return live.Memory.Span.Slice(own.Offset, own.Length);
    }

    /// <summary>The elements of the leaf of a name.</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    public Span<T> AsSpan(string name) => AsSpan(Layout[name]);

    /// <summary>The elements of the leaf of a name in its shape, for code over .NET's tensors; a scalar has the shape [1].</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public TensorSpan<T> AsTensorSpan(string name) => new(AsSpan(name), Layout[name].TensorLengths);

    /// <summary>Freezes the buffer into an immutable tree, without copying; the buffer gives out its elements no more.</summary>
    /// <remarks>
    /// A span taken from the buffer before is the memory of the tree, and nothing can keep it from being written to: let go of it here, or
    /// the tree changes while what was computed from it once, such as its norm, does not.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The buffer was frozen already.</exception>
    public ParameterTree<T> ToTree()
    {
        TreeStorage<T> live = Storage;
        if (!live.TryClaim(generation, consumer: null, out long next)) throw Frozen();
        live.ClearPadding();
        return new ParameterTree<T>(live, next);
    }

    /// <summary>Where the elements lie.</summary>
    internal unsafe LeafMemory<T> Memory => new(Storage.Memory.Pointer);

    /// <summary>The tree that the buffer becomes, for who writes it by its address before anybody else sees it.</summary>
    internal ParameterTree<T> AsUnwritten() => new(Storage, generation);

    private static ObjectDisposedException Frozen() =>
        new(nameof(TreeBuffer<>), "This buffer was frozen by ToTree; rent another one to write to.");
}
