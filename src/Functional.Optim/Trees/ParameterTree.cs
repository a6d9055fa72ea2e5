using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Builds parameter trees.</summary>
public static class ParameterTree
{
    /// <summary>Builds a tree of named arrays; the arrays are copied.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaves">The name, shape and elements of each leaf, in order (see <see cref="Leaf"/>).</param>
    /// <exception cref="ArgumentException">
    /// The leaves do not form a layout (see <see cref="TreeLayout"/>), or the data of a leaf is
    /// missing or its length differs from its shape.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static ParameterTree<T> Of<T>(params ReadOnlySpan<LeafData<T>> leaves)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        (string, int[])[] shapes = new (string, int[])[leaves.Length];
        for (int index = 0; index < leaves.Length; index++)
            shapes[index] = (leaves[index].Name, leaves[index].Shape.IsDefault ? null! : [.. leaves[index].Shape]);
        TreeLayout layout = TreeLayout.Of(shapes);
        foreach (Leaf leaf in layout.Leaves)
        {
            T[] data = leaves[leaf.Index].Data ?? throw new ArgumentException(
                $"The leaf {leaf} has no data.", nameof(leaves));
            if (data.Length != leaf.Length)
            {
                throw new ArgumentException(
                    $"The leaf {leaf} takes {leaf.Length} elements; {data.Length} were given.", nameof(leaves));
            }
        }

        TreeBuffer<T> buffer = layout.Rent<T>();
        foreach (Leaf leaf in layout.Leaves) leaves[leaf.Index].Data.CopyTo(buffer.AsSpan(leaf));
        return buffer.ToTree();
    }
}

/// <summary>
/// Named arrays over one flat buffer that is aligned to 64 bytes: parameters, gradients, moments. Immutable. Two trees
/// are equal when their layouts are equal and every element has the same bits.
/// </summary>
/// <remarks>
/// The struct is a handle and cheap to copy. A tree is consumed when it is released, or donated to a step
/// (<see cref="Optimizer.StepDonating{T, TState}(ParameterTree{T}, ParameterTree{T}, TState)"/>). Every later use of it
/// throws <see cref="ObjectDisposedException"/>; the message names the consumer.
/// <para>
/// Thread safety: any number of threads may read a tree at the same time. When several threads release or donate the
/// same tree, one succeeds and the others get the exception. Do not consume a tree while another thread reads it, or
/// while a span of it is in use: the memory then belongs to another tree.
/// </para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct ParameterTree<T> : IEquatable<ParameterTree<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeStorage<T>? storage;
    private readonly long generation;

    internal ParameterTree(TreeStorage<T> storage, long generation)
    {
        this.storage = storage;
        this.generation = generation;
    }

    /// <summary>Whether this handle is <c>default</c>, so that it refers to no tree.</summary>
    public bool IsDefault => storage is null;

    /// <summary>The names and shapes of the leaves.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public TreeLayout Layout => Storage.Layout;

    internal TreeStorage<T> Storage
    {
        get
        {
            TreeStorage<T> live = storage
                ?? throw new InvalidOperationException(
                    "This tree is default(ParameterTree); build one with ParameterTree.Of.");
            return generation == live.Generation ? live : throw Gone(live);
        }
    }

    /// <summary>Whether two trees have the same layout and the same bits.</summary>
    public static bool operator ==(ParameterTree<T> left, ParameterTree<T> right) => left.Equals(right);

    /// <summary>Whether two trees differ in layout or in a bit.</summary>
    public static bool operator !=(ParameterTree<T> left, ParameterTree<T> right) => !left.Equals(right);

    /// <summary>The flat buffer, padding included.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlySpan<T> AsSpan() => Storage.Memory.Span;

    /// <summary>The elements of one leaf, in row-major order.</summary>
    /// <param name="leaf">A leaf of this tree, or an equal leaf of another layout.</param>
    /// <exception cref="ArgumentException">This tree has no such leaf: the name or the shape differs.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlySpan<T> AsSpan(Leaf leaf) => Storage.Span(leaf);

    /// <summary>The elements of the leaf with a name, in row-major order.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlySpan<T> AsSpan(string name) => AsSpan(Layout[name]);

    /// <summary>
    /// The elements of the leaf with a name, as a .NET tensor of its shape; a scalar has the shape [1].
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan(string name) => new(AsSpan(name), Layout[name].TensorLengths);

    /// <summary>
    /// The Euclidean norm over all elements, √Σx². It is summed in double, in blocks of a fixed size
    /// and order, so the bits do not depend on the number of threads. It is computed once for each
    /// tree. NaN or infinite when an element is. Of a tree in a <see cref="TreeShard"/> it is that of the whole tree: all
    /// processes ask for it together.
    /// </summary>
    /// <exception cref="ObjectDisposedException">
    /// The tree was consumed, possibly by another thread while its norm was computed.
    /// </exception>
    public double GlobalNorm()
    {
        TreeStorage<T> live = Storage;
        if (!live.TryGetNorm(generation, out double norm))
        {
            norm = live.Layout.Shard is { } shard
                ? shard.Norm<T>(live.Memory.Span, NormKind.L2)
                : BlockReduction.Norm<T>(live.Memory.Span);
            live.RememberNorm(generation, norm);
        }

        return generation == live.Generation ? norm : throw Gone(live);
    }

    /// <summary>
    /// θ + Δ, element by element. With the deltas of <see cref="Optimizer.Update"/> it gives the parameters that
    /// <see cref="Optimizer.Step{T, TState}(ParameterTree{T}, ParameterTree{T}, TState)"/> returns.
    /// </summary>
    /// <param name="deltas">Δ, of the same layout.</param>
    /// <exception cref="ArgumentException">The layouts differ.</exception>
    public ParameterTree<T> Plus(ParameterTree<T> deltas)
    {
        Layout.RequireSame(deltas.Layout, nameof(deltas));
        return this.Plus(1, deltas).ToTree();
    }

    /// <summary>A copy in separate memory.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ParameterTree<T> Copy()
    {
        TreeBuffer<T> copy = Layout.RentUncleared<T>();
        AsSpan().CopyTo(copy.AsSpan());
        return copy.ToTree();
    }

    /// <summary>
    /// The first leaf with a NaN or an infinity; <see langword="null"/> when every element is finite. Of a tree in a
    /// <see cref="TreeShard"/> it is that of the whole tree: all processes ask for it together.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public Leaf? FirstNonFiniteLeaf() => Layout.FirstNonFinite(AsSpan(), except: []);

    /// <summary>The addresses of the elements.</summary>
    internal unsafe LeafMemory<T> Memory => new(Storage.Memory.Pointer);

    /// <summary>Transfers the memory to a new handle, without a copy; this handle is consumed.</summary>
    /// <param name="by">The name of the consumer, for the message of later exceptions.</param>
    /// <exception cref="ObjectDisposedException">The tree was already consumed.</exception>
    public ParameterTree<T> Transfer(string by)
    {
        TreeStorage<T> live = Storage;
        return new ParameterTree<T>(live, Consume(by));
    }

    /// <summary>Whether two trees share one memory, so that <see cref="Release"/> of one consumes both.</summary>
    /// <param name="other">The other tree.</param>
    /// <exception cref="ObjectDisposedException">One of the trees was consumed.</exception>
    public bool IsIn(ParameterTree<T> other) => ReferenceEquals(Storage, other.Storage);

    /// <summary>Makes the handle valid again, after a transfer whose new handle nobody else has.</summary>
    internal void Restore() => storage!.Restore(generation);

    /// <summary>
    /// Releases the memory to the layout, for the next <see cref="TreeLayout.Rent{T}"/>; this tree is consumed.
    /// Releasing is optional: the garbage collector frees the memory of a tree that is no longer referenced.
    /// </summary>
    /// <param name="by">The name of the consumer, for the message of later exceptions.</param>
    /// <exception cref="ObjectDisposedException">
    /// The tree was already consumed, possibly by another thread at the same time.
    /// </exception>
    public void Release(string by = "Release")
    {
        ArgumentNullException.ThrowIfNull(by);
        TreeStorage<T> live = Storage;
        Consume(by);
        live.Layout.Pool<T>().Add(live);
    }

    /// <summary>Invalidates every handle of the tree, and returns the new generation, which the caller owns.</summary>
    /// <exception cref="ObjectDisposedException">
    /// The tree was already consumed, possibly by another thread at the same time.
    /// </exception>
    internal long Consume(string by)
    {
        TreeStorage<T> live = Storage;
        return live.TryClaim(generation, by, out long next) ? next : throw Gone(live);
    }

    /// <summary>Whether two trees have the same layout and the same bits; it reads both trees once.</summary>
    /// <exception cref="ObjectDisposedException">One of the trees was consumed.</exception>
    public bool Equals(ParameterTree<T> other)
    {
        if (storage is null || other.storage is null) return storage is null && other.storage is null;
        return Layout.Equals(other.Layout) && TreeBits.Same(AsSpan(), other.AsSpan());
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ParameterTree<T> other && Equals(other);

    /// <summary>
    /// A hash of the layout and of a sample of the elements; it costs the same for a tree of any size.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public override int GetHashCode() => storage is null ? 0 : HashCode.Combine(Layout, TreeBits.Hash(AsSpan()));

    /// <summary>The number of parameters and the leaves with their shapes, or who consumed the tree.</summary>
    public override string ToString() =>
        storage is null ? "no tree"
        : generation != storage.Generation ? $"a tree that was {storage.EndOf(generation)}"
        : $"{storage.Layout.ParameterCount} parameters: {storage.Layout}";

    private ObjectDisposedException Gone(TreeStorage<T> live) =>
        new(nameof(ParameterTree), $"This tree was {live.EndOf(generation)}.");
}
