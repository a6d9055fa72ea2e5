using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Builds parameter trees.</summary>
public static class ParameterTree
{
    /// <summary>A tree of named arrays, copied.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaves">Name, shape and elements of each leaf, in order (see <see cref="Leaf"/>).</param>
    /// <exception cref="ArgumentException">
    /// The leaves are no layout (see <see cref="TreeLayout.Of"/>), or the data of a leaf is missing or has another
    /// length than its shape.
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
            T[] data = leaves[leaf.Index].Data ?? throw new ArgumentException($"The leaf {leaf} has no data.", nameof(leaves));
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
/// Named arrays over one flat, 64-byte aligned buffer: parameters, gradients, moments. Immutable: nobody can write into it.
/// Two trees are equal when their layouts are and every element has the same bits.
/// </summary>
/// <remarks>
/// A tree that was donated to a step (<see cref="Optimizer.StepDonating{T, TState}(ParameterTree{T}, ParameterTree{T}, TState)"/>) or released is consumed: touching it throws
/// <see cref="ObjectDisposedException"/>, naming who consumed it. The struct is a handle, cheap to copy.
/// <para>
/// Thread safety: any number of threads may read a tree at once. Of threads that release or donate the same tree at
/// once, one succeeds and the others get the exception. A span that was taken before <see cref="Release"/> or a
/// donating step is the memory of the next owner: let go of it first, and do not consume a tree that another thread
/// still reads.
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

    /// <summary>Whether this handle was never given a tree (<c>default</c>).</summary>
    public bool IsDefault => storage is null;

    /// <summary>The names and shapes.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public TreeLayout Layout => Storage.Layout;

    internal TreeStorage<T> Storage
    {
        get
        {
            TreeStorage<T> live = storage
                ?? throw new InvalidOperationException("This tree is default(ParameterTree); build one with ParameterTree.Of.");
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
    /// <param name="leaf">A leaf of this tree, or of another with an equal one in its place.</param>
    /// <exception cref="ArgumentException">The leaf in this place has another name or shape, or there is none.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlySpan<T> AsSpan(Leaf leaf)
    {
        TreeStorage<T> live = Storage;
        Leaf own = live.Layout.Own(leaf);
        return live.Memory.Span.Slice(own.Offset, own.Length);
    }

    /// <summary>The elements of the leaf of a name, in row-major order.</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlySpan<T> AsSpan(string name) => AsSpan(Layout[name]);

    /// <summary>The elements of the leaf of a name in its shape, for code over .NET's tensors; a scalar has the shape [1].</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan(string name) => new(AsSpan(name), Layout[name].TensorLengths);

    /// <summary>
    /// The Euclidean norm over every element, <c>√Σx²</c>, added in double in blocks of a fixed size and order: the same bits for
    /// any number of threads. Computed once per tree. NaN or infinite when an element is.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed, or is while its norm is computed.</exception>
    public double GlobalNorm()
    {
        TreeStorage<T> live = Storage;
        if (!live.TryGetNorm(generation, out double norm))
        {
            norm = BlockReduction.Norm<T>(live.Memory.Span);
            live.RememberNorm(generation, norm);
        }

        return generation == live.Generation ? norm : throw Gone(live);
    }

    /// <summary>
    /// θ + Δ, element by element: the parameters with the deltas of <see cref="Optimizer.Update"/> have the values that
    /// <see cref="Optimizer.Step{T, TState}(ParameterTree{T}, ParameterTree{T}, TState)"/> gives them.
    /// </summary>
    /// <param name="deltas">Δ, of the same layout.</param>
    /// <exception cref="ArgumentException">The layouts differ.</exception>
    public ParameterTree<T> Plus(ParameterTree<T> deltas)
    {
        Layout.RequireSame(deltas.Layout, nameof(deltas));
        return this.Plus(1, deltas).ToTree();
    }

    /// <summary>The same tree in memory of its own.</summary>
    public ParameterTree<T> Copy()
    {
        TreeBuffer<T> copy = Layout.RentUncleared<T>();
        AsSpan().CopyTo(copy.AsSpan());
        return copy.ToTree();
    }

    /// <summary>The first leaf that holds a NaN or an infinity; <see langword="null"/> when every element is finite.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public Leaf? FirstNonFiniteLeaf() => Layout.FirstNonFinite(AsSpan(), except: []);

    /// <summary>Where the elements lie.</summary>
    internal unsafe LeafMemory<T> Memory => new(Storage.Memory.Pointer);

    /// <summary>The same memory under a new handle; this one is consumed.</summary>
    /// <param name="by">Who consumed it, for the message to whoever touches it later.</param>
    /// <exception cref="ObjectDisposedException">The tree was consumed already.</exception>
    public ParameterTree<T> HandOn(string by)
    {
        TreeStorage<T> live = Storage;
        return new ParameterTree<T>(live, Consume(by));
    }

    /// <summary>Whether two trees are one memory: what is done to one, such as <see cref="Release"/>, is done to both.</summary>
    /// <param name="other">The other tree.</param>
    public bool IsIn(ParameterTree<T> other) => ReferenceEquals(Storage, other.Storage);

    /// <summary>Makes the handle good again, for who renewed it and has handed the new one to nobody.</summary>
    internal void Restore() => storage!.Restore(generation);

    /// <summary>
    /// Gives the memory back to the layout, for the next <see cref="TreeLayout.Rent{T}"/>; this tree is consumed. A
    /// tree that is not released is collected with whatever else nobody refers to.
    /// </summary>
    /// <param name="by">Who consumed it, for the message to whoever touches it later.</param>
    /// <exception cref="ObjectDisposedException">
    /// The tree was consumed already, by another thread at the same time for one.
    /// </exception>
    public void Release(string by = "Release")
    {
        ArgumentNullException.ThrowIfNull(by);
        TreeStorage<T> live = Storage;
        Consume(by);
        live.Layout.Pool<T>().Add(live);
    }

    /// <summary>
    /// Takes the memory away from this and every other handle of the tree; returns the generation that the caller owns.
    /// </summary>
    /// <exception cref="ObjectDisposedException">
    /// The tree was consumed already, by another thread at the same time for one.
    /// </exception>
    internal long Consume(string by)
    {
        TreeStorage<T> live = Storage;
        return live.TryClaim(generation, by, out long next) ? next : throw Gone(live);
    }

    /// <summary>Whether two trees have the same layout and the same bits; reads both once.</summary>
    /// <exception cref="ObjectDisposedException">One of the trees was consumed.</exception>
    public bool Equals(ParameterTree<T> other)
    {
        if (storage is null || other.storage is null) return storage is null && other.storage is null;
        return Layout.Equals(other.Layout) && TreeBits.Same(AsSpan(), other.AsSpan());
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ParameterTree<T> other && Equals(other);

    /// <summary>Of the layout and of a sample of the elements; costs the same for a tree of any size.</summary>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public override int GetHashCode() => storage is null ? 0 : HashCode.Combine(Layout, TreeBits.Hash(AsSpan()));

    /// <summary>The leaves with their shapes and the number of parameters, or who consumed the tree.</summary>
    public override string ToString() =>
        storage is null ? "no tree"
        : generation != storage.Generation ? $"a tree that was {storage.EndOf(generation)}"
        : $"{storage.Layout.ParameterCount} parameters: {storage.Layout}";

    private ObjectDisposedException Gone(TreeStorage<T> live) =>
        new(nameof(ParameterTree), $"This tree was {live.EndOf(generation)}.");
}
