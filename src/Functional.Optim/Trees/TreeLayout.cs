using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The names and shapes of the leaves of a tree, and where each lies in one flat buffer. Each leaf starts at a multiple
/// of <see cref="Alignment"/> elements; the gap to the next leaf is padding and always zero.
/// </summary>
/// <remarks>
/// A layout keeps the memory that its trees gave back, for the next ones, until <see cref="Trim"/>; it is collected
/// with the layout.
/// <para>Thread safety: any number of threads may use a layout at once, to rent, release and trim too.</para>
/// </remarks>
public sealed class TreeLayout : IEquatable<TreeLayout>
{
    /// <summary>Leaves start at multiples of this many elements, which is 64 bytes of floats and 128 of doubles.</summary>
    public const int Alignment = 16;

    /// <summary>
    /// The most dimensions of a leaf. Tensors have a few, and other libraries take up to 64; the limit keeps a name
    /// list or a file header that is no tree from asking for more work than its size.
    /// </summary>
    public const int MaxDimensions = 1024;

    /// <summary>The most errors that one exception lists.</summary>
    private const int MaxErrors = 8;

    private readonly TreePool<float> floats = new();
    private readonly TreePool<double> doubles = new();
    private readonly TreePool<ushort> halves = new();
    private readonly Dictionary<string, Leaf> byName;

    private TreeLayout(
        ImmutableArray<Leaf> leaves, Dictionary<string, Leaf> byName, int totalLength, int parameterCount)
    {
        Leaves = leaves;
        Padded = [.. leaves.Where(leaf => leaf.Padding > 0)];
        TotalLength = totalLength;
        ParameterCount = parameterCount;
        this.byName = byName;
    }

    /// <summary>The leaves in order.</summary>
    public ImmutableArray<Leaf> Leaves { get; }

    /// <summary>The leaves with padding after them.</summary>
    internal ImmutableArray<Leaf> Padded { get; }

    /// <summary>The number of elements of the flat buffer, padding included.</summary>
    public int TotalLength { get; }

    /// <summary>The number of parameters, padding not counted.</summary>
    public int ParameterCount { get; }

    /// <summary>The leaf of a name.</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    public Leaf this[string name] => byName.TryGetValue(name, out Leaf? leaf)
        ? leaf
        : throw new ArgumentException(
            $"No leaf is named '{TreeText.Name(name)}'; the tree has "
            + $"{TreeText.List(Leaves.Select(other => TreeText.Name(other.Name)), Leaves.Length, shown: 12, ", ")}.",
            nameof(name));

    /// <summary>The most elements of a flat buffer, of floats as of doubles: what an array can have.</summary>
    private static int MaxLength => AlignedBuffer<float>.MaxLength / Alignment * Alignment;

    /// <summary>Lays leaves out in order.</summary>
    /// <param name="leaves">
    /// Names and shapes; a shape is empty for a scalar, and has up to <see cref="MaxDimensions"/> sizes.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name is empty, is no UTF-16 text or appears twice, a shape is missing, too long or has a negative size, or the
    /// leaves are more than an array can hold, about 2³¹ elements with padding; the first errors are listed, one for
    /// each leaf.
    /// </exception>
    public static TreeLayout Of(params ReadOnlySpan<(string Name, int[] Shape)> leaves)
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
                Leaf leaf = new(name, [.. shape], index, (int)offset, (int)Math.Min(length, int.MaxValue));
                if (!byName.TryAdd(name, leaf)) error = $"the name '{TreeText.Name(name)}' appears twice";
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
            ? new TreeLayout(placed.ToImmutable(), byName, (int)offset, parameters)
            : throw new ArgumentException(
                $"Not a parameter tree: {TreeText.List(errors, errorCount, MaxErrors, "; ")}.", nameof(leaves));
    }

    /// <summary>A tree of zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public ParameterTree<T> Zeros<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Rent<T>().ToTree();

    /// <summary>A writable buffer of this layout, zeroed, from those given back by released or consumed trees if there is one.</summary>
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
    /// Lets go of the memory that released and consumed trees gave back and no tree uses now, so that it can be
    /// collected. Trees and buffers that are in use stay as they are; the next ones are allocated anew.
    /// </summary>
    /// <remarks>Thread safety: may be called at any time; what another thread gives back meanwhile may stay.</remarks>
    /// <returns>The number of bytes let go.</returns>
    public long Trim() => floats.Trim() + doubles.Trim() + halves.Trim();

    /// <inheritdoc/>
    public bool Equals(TreeLayout? other) =>
        ReferenceEquals(this, other) || (other is not null && Leaves.AsSpan().SequenceEqual(other.Leaves.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TreeLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves.Length, ParameterCount);

    /// <summary>The leaves with their shapes; of more than 12 the first, and how many more there are.</summary>
    public override string ToString() =>
        TreeText.List(Leaves.Select(leaf => leaf.ToString()), Leaves.Length, shown: 12, ", ");

    /// <summary>The leaf of a name; <see langword="null"/> where there is none.</summary>
    internal Leaf? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The leaf here that equals one of any layout, in its place or elsewhere; fails, naming both, where there is none.</summary>
    internal Leaf Own(Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        Leaf? own = leaf.Index < Leaves.Length ? Leaves[leaf.Index] : null;
        if (ReferenceEquals(own, leaf) || leaf.Equals(own)) return own!;
        return leaf.Equals(Find(leaf.Name))
            ? Find(leaf.Name)!
            : throw new ArgumentException(
                $"The leaf {leaf} is of another tree: this one has {own?.ToString() ?? "no leaf"} in its place, "
                + $"number {leaf.Index}{TreeText.Difference(leaf, own)}.", nameof(leaf));
    }

    /// <summary>Fails, naming the first leaf that differs and both shapes, unless another tree has this layout.</summary>
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

    /// <summary>The first leaf with a NaN or an infinity among values in this layout.</summary>
    /// <param name="values">The elements, padding included.</param>
    /// <param name="except">Leaves of this layout, in its order, whose elements do not matter.</param>
    internal Leaf? FirstNonFinite<T>(ReadOnlySpan<T> values, ReadOnlySpan<Leaf> except)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (Leaf leaf in Leaves)
        {
            // TensorPrimitives says of no elements that not all are finite.
            if (!except.IsEmpty && except[0].Index == leaf.Index) except = except[1..];
            else if (leaf.Length > 0 && !TensorPrimitives.IsFiniteAll(values.Slice(leaf.Offset, leaf.Length)))
                return leaf;
        }

        return null;
    }

    /// <summary>A buffer whose elements are whatever its last owner left; the padding is zeroed by whoever writes it.</summary>
    internal TreeBuffer<T> RentUncleared<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Claim(Pool<T>().Take());

    /// <summary>The memory that trees of T gave back.</summary>
    internal TreePool<T> Pool<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        return typeof(T) == typeof(float) ? (TreePool<T>)(object)floats : (TreePool<T>)(object)doubles;
    }

    /// <summary>The memory that trees of 16-bit codes gave back.</summary>
    internal TreePool<ushort> PackedPool => halves;

    private TreeBuffer<T> Claim<T>(TreeStorage<T>? pooled)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeStorage<T> storage = pooled ?? new TreeStorage<T>(this);
        return new TreeBuffer<T>(storage, storage.Claim());
    }

    /// <summary>What is wrong with a leaf on its own.</summary>
    private static string? ErrorOf(int index, string? name, int[]? shape)
    {
        if (string.IsNullOrWhiteSpace(name)) return $"leaf {index} has an empty name";
        if (!IsText(name)) return $"the name of leaf {index} is no UTF-16 text: it has half of a surrogate pair";
        if (shape is null) return $"'{TreeText.Name(name)}' has no shape; that of a scalar is empty";
        if (shape.Length > MaxDimensions)
            return $"'{TreeText.Name(name)}' has {shape.Length} dimensions; a leaf has {MaxDimensions} at the most";
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

    /// <summary>The product of the sizes; some number above the range of int when it is beyond that.</summary>
    private static long LengthOf(int[] shape)
    {
        long length = 1;
        foreach (int size in shape) length = Math.Min(length * size, int.MaxValue + 1L);
        return length;
    }
}
