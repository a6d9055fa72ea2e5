using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The names and shapes of the leaves of a tree, and the range of each in one flat buffer. Each leaf starts at a
/// multiple of <see cref="Alignment"/> elements. The gap to the next leaf is padding; it is always zero.
/// </summary>
/// <remarks>
/// A layout keeps the memory of released and consumed trees for the next trees, until <see cref="Trim"/>. That
/// memory is collected together with the layout.
/// <para>Thread safety: any number of threads may use a layout at the same time, also to rent, release and trim.</para>
/// </remarks>
public sealed class TreeLayout : IEquatable<TreeLayout>
{
    /// <summary>Leaves start at multiples of this many elements: 64 bytes of floats, 128 bytes of doubles.</summary>
    public const int Alignment = 16;

    /// <summary>
    /// The maximum number of dimensions of a leaf. Tensors have a few, and other libraries allow up to 64. The limit
    /// protects against a corrupt file header or list of names that would cost more work than its size.
    /// </summary>
    public const int MaxDimensions = 1024;

    /// <summary>The maximum number of errors in one exception.</summary>
    private const int MaxErrors = 8;

    private readonly TreePool<float> floats = new();
    private readonly TreePool<double> doubles = new();
    private readonly TreePool<ushort> halves = new();
    private readonly TreePool<ushort> blocks = new();
    private int[]? firstBlocks;
    private readonly Dictionary<string, Leaf> byName;

    private TreeLayout(
        ImmutableArray<Leaf> leaves, Dictionary<string, Leaf> byName, int totalLength, int parameterCount,
        TreeShard? shard)
    {
        Leaves = leaves;
        Padded = [.. leaves.Where(leaf => leaf.Padding > 0)];
        TotalLength = totalLength;
        ParameterCount = parameterCount;
        Shard = shard;
        this.byName = byName;
    }

    /// <summary>The leaves, in order.</summary>
    public ImmutableArray<Leaf> Leaves { get; }

    /// <summary>The leaves that padding follows.</summary>
    internal ImmutableArray<Leaf> Padded { get; }

    /// <summary>The number of elements of the flat buffer, padding included.</summary>
    public int TotalLength { get; }

    /// <summary>The number of parameters, without padding.</summary>
    public int ParameterCount { get; }

    /// <summary>The shard whose layout it is; <see langword="null"/> of a whole tree.</summary>
    internal TreeShard? Shard { get; }

    /// <summary>The leaf with a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    public Leaf this[string name] => byName.TryGetValue(name, out Leaf? leaf)
        ? leaf
        : throw new ArgumentException(
            $"No leaf is named '{TreeText.Name(name)}'; the tree has "
            + $"{TreeText.List(Leaves.Select(other => TreeText.Name(other.Name)), Leaves.Length, shown: 12, ", ")}.",
            nameof(name));

    /// <summary>The maximum number of elements of a flat buffer of any element type.</summary>
    private static int MaxLength => AlignedBuffer<float>.MaxLength / Alignment * Alignment;

    /// <summary>Makes a layout of leaves, in order.</summary>
    /// <param name="leaves">
    /// Names and shapes. A shape is empty for a scalar, and has at most <see cref="MaxDimensions"/> sizes.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name is empty, not valid UTF-16 or used twice; a shape is missing, too long or has a negative
    /// size; or the leaves need more elements than an array can have, about 2³¹ with padding. The message
    /// lists the first errors, one for each leaf.
    /// </exception>
    public static TreeLayout Of(params ReadOnlySpan<(string Name, int[] Shape)> leaves) => Of(leaves, [], shard: null);

    /// <summary>Makes a layout of pieces of leaves: a start and a length of each, or none for whole leaves.</summary>
    internal static TreeLayout Of(
        ReadOnlySpan<(string Name, int[] Shape)> leaves, ReadOnlySpan<(int Start, int Length)> pieces, TreeShard? shard)
    {
        List<string> errors = [];
        int errorCount = 0;
        Dictionary<string, Leaf> byName = new(leaves.Length, StringComparer.Ordinal);
        ImmutableArray<Leaf>.Builder placed = ImmutableArray.CreateBuilder<Leaf>(leaves.Length);
        long offset = 0;
        int parameters = 0;
        for (int index = 0; index < leaves.Length; index++)
        {
            (string name, int[] shape) = leaves[index];
            string? error = ErrorOf(index, name, shape);
            if (error is null)
            {
                long length = LengthOf(shape);
                int? start = null;
                if (!pieces.IsEmpty && pieces[index].Length < length) (start, length) = pieces[index];
                Leaf leaf = new(name, [.. shape], index, (int)offset, (int)Math.Min(length, int.MaxValue), start);
                if (!byName.TryAdd(name, leaf))
                {
                    error = $"the name '{TreeText.Name(name)}' appears twice";
                }
                else if (length > MaxLength - offset)
                {
                    error = $"with {leaf} the tree is larger than one flat buffer of {MaxLength} elements";
                }
                else
                {
                    placed.Add(leaf);
                    offset += (length + Alignment - 1) / Alignment * Alignment;
                    parameters += leaf.Length;
                }
            }

            if (error is null) continue;
            errorCount++;
            if (errorCount <= MaxErrors) errors.Add(error);
        }

        return errorCount == 0
            ? new TreeLayout(placed.ToImmutable(), byName, (int)offset, parameters, shard)
            : throw new ArgumentException(
                $"Not a parameter tree: {TreeText.List(errors, errorCount, MaxErrors, "; ")}.", nameof(leaves));
    }

    /// <summary>A tree of zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public ParameterTree<T> Zeros<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Rent<T>().ToTree();

    /// <summary>
    /// A writable buffer of zeros with this layout. It reuses the memory of a
    /// released or consumed tree if there is one.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public TreeBuffer<T> Rent<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeStorage<T>? pooled = Pool<T>().Take();
        pooled?.Memory.Span.Clear();
        return Claim(pooled);
    }

    /// <summary>
    /// Drops the memory that the layout keeps for reuse, so that the garbage collector can free it. Trees and buffers
    /// in use are not affected; later ones are allocated.
    /// </summary>
    /// <remarks>
    /// Thread safety: may be called at any time. Memory that another thread releases meanwhile may be kept.
    /// </remarks>
    /// <returns>The number of bytes dropped.</returns>
    public long Trim() => floats.Trim() + doubles.Trim() + halves.Trim() + blocks.Trim();

    /// <inheritdoc/>
    public bool Equals(TreeLayout? other) =>
        ReferenceEquals(this, other) || (other is not null && Leaves.AsSpan().SequenceEqual(other.Leaves.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TreeLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves.Length, ParameterCount);

    /// <summary>
    /// The leaves with their shapes; of more than 12 leaves the first 12 and the number of the others.
    /// </summary>
    public override string ToString() =>
        TreeText.List(Leaves.Select(leaf => leaf.ToString()), Leaves.Length, shown: 12, ", ");

    /// <summary>The leaf with a name; <see langword="null"/> when there is none.</summary>
    internal Leaf? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>
    /// The leaf of this layout that equals a leaf of any layout, at the same index or elsewhere. Throws
    /// when there is none; the message names both.
    /// </summary>
    internal Leaf Own(Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        Leaf? own = leaf.Index < Leaves.Length ? Leaves[leaf.Index] : null;
        if (ReferenceEquals(own, leaf) || leaf.Equals(own)) return own!;
        return leaf.Equals(Find(leaf.Name))
            ? Find(leaf.Name)!
            : throw new ArgumentException(
                $"The leaf {leaf} is not in this tree: at its index {leaf.Index} this tree has "
                + $"{own?.ToString() ?? "no leaf"}{TreeText.Difference(leaf, own)}.", nameof(leaf));
    }

    /// <summary>
    /// Throws unless another layout equals this one; the message names the first leaf that differs and both shapes.
    /// </summary>
    internal void RequireSame(TreeLayout other, string role)
    {
        if (ReferenceEquals(this, other)) return;
        int index = Leaves.AsSpan().CommonPrefixLength(other.Leaves.AsSpan());
        Leaf? expected = index < Leaves.Length ? Leaves[index] : null;
        Leaf? actual = index < other.Leaves.Length ? other.Leaves[index] : null;
        if (expected is null && actual is null) return;
        throw new ArgumentException(
            $"The {role} differ from the parameters in leaf {index}: {actual?.ToString() ?? "no leaf"} where the "
            + $"parameters have {expected?.ToString() ?? "no leaf"}{TreeText.Difference(actual, expected)}.", role);
    }

    /// <summary>The first leaf with a NaN or an infinity, in a shard that of the whole tree.</summary>
    /// <param name="values">The elements in this layout, padding included.</param>
    /// <param name="except">Leaves of this layout to skip, in its order.</param>
    internal Leaf? FirstNonFinite<T>(ReadOnlySpan<T> values, ReadOnlySpan<Leaf> except)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Leaf? first = FirstNonFiniteHere(values, except);
        return Shard is null ? first : Shard.First(first);
    }

    private Leaf? FirstNonFiniteHere<T>(ReadOnlySpan<T> values, ReadOnlySpan<Leaf> except)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (Leaf leaf in Leaves)
        {
            // IsFiniteAll is false for an empty span.
            if (!except.IsEmpty && except[0].Index == leaf.Index) except = except[1..];
            else if (leaf.Length > 0 && !TensorPrimitives.IsFiniteAll(values.Slice(leaf.Offset, leaf.Length)))
                return leaf;
        }

        return null;
    }

    /// <summary>A buffer with arbitrary contents; <see cref="TreeBuffer{T}.ToTree"/> clears its padding.</summary>
    internal TreeBuffer<T> RentUncleared<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Claim(Pool<T>().Take());

    /// <summary>The pool of memory for trees of T.</summary>
    internal TreePool<T> Pool<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        return typeof(T) == typeof(float) ? (TreePool<T>)(object)floats : (TreePool<T>)(object)doubles;
    }

    /// <summary>The memory of slots in a format of codes.</summary>
    internal TreePool<ushort> PackedPool(StateFormat format) => format.HasBlocks() ? blocks : halves;

    /// <summary>
    /// For each leaf the number of blocks of the leaves before it, and last the number of all: a block has
    /// <see cref="BlockCodes.BlockLength"/> elements of one leaf, or what is left of it.
    /// </summary>
    internal ReadOnlySpan<int> FirstBlocks => firstBlocks ??= CountBlocks();

    /// <summary>The number of blocks.</summary>
    internal int BlockCount => FirstBlocks[^1];

    private int[] CountBlocks()
    {
        int[] counted = new int[Leaves.Length + 1];
        for (int leaf = 0; leaf < Leaves.Length; leaf++)
            counted[leaf + 1] = counted[leaf] + Leaves[leaf].BlockCount;
        return counted;
    }

    private TreeBuffer<T> Claim<T>(TreeStorage<T>? pooled)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeStorage<T> storage = pooled ?? new TreeStorage<T>(this);
        return new TreeBuffer<T>(storage, storage.Claim());
    }

    /// <summary>The error of a single leaf; <see langword="null"/> when there is none.</summary>
    private static string? ErrorOf(int index, string? name, int[]? shape)
    {
        if (string.IsNullOrWhiteSpace(name)) return $"leaf {index} has an empty name";
        if (!IsText(name)) return $"the name of leaf {index} is not valid UTF-16: it has half of a surrogate pair";
        if (shape is null) return $"'{TreeText.Name(name)}' has no shape; the shape of a scalar is empty";
        if (shape.Length > MaxDimensions)
            return $"'{TreeText.Name(name)}' has {shape.Length} dimensions; allowed are at most {MaxDimensions}";
        foreach (int size in shape)
        {
            if (size < 0)
                return $"'{TreeText.Name(name)}' has the negative size {size} in its shape {TreeText.Shape(shape)}";
        }

        return null;
    }

    private static bool IsText(ReadOnlySpan<char> name)
    {
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out _, out int characters) != OperationStatus.Done) return false;
            name = name[characters..];
        }

        return true;
    }

    /// <summary>The product of the sizes; 2³¹ or more when it exceeds int.</summary>
    private static long LengthOf(int[] shape)
    {
        long length = 1;
        foreach (int size in shape) length = Math.Min(length * size, int.MaxValue + 1L);
        return length;
    }
}
