using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The names and shapes of the leaves of a tree, and where each lies in one flat buffer. Each leaf starts at a multiple
/// of <see cref="Alignment"/> elements; the gap to the next leaf is padding and always zero.
/// </summary>
public sealed class TreeLayout : IEquatable<TreeLayout>
{
    /// <summary>Leaves start at multiples of this many elements, which is 64 bytes of floats and 128 of doubles.</summary>
    public const int Alignment = 16;

    private static long layouts;

    private readonly ConcurrentBag<object> floats = [];
    private readonly ConcurrentBag<object> doubles = [];
    private readonly Dictionary<string, Leaf> byName = new(StringComparer.Ordinal);

    private TreeLayout(ImmutableArray<Leaf> leaves, int totalLength, int parameterCount)
    {
        Leaves = leaves;
        TotalLength = totalLength;
        ParameterCount = parameterCount;
        foreach (Leaf leaf in leaves) byName.Add(leaf.Name, leaf);
    }

    /// <summary>The leaves in order.</summary>
    public ImmutableArray<Leaf> Leaves { get; }

    /// <summary>The number of this very layout among all that were made.</summary>
    internal long Number { get; } = Interlocked.Increment(ref layouts);

    /// <summary>The number of elements of the flat buffer, padding included.</summary>
    public int TotalLength { get; }

    /// <summary>The number of parameters, padding not counted.</summary>
    public int ParameterCount { get; }

    /// <summary>The leaf of a name.</summary>
    /// <exception cref="ArgumentException">No leaf has this name.</exception>
    public Leaf this[string name] => byName.TryGetValue(name, out Leaf? leaf)
        ? leaf
        : throw new ArgumentException(
            $"No leaf is named '{name}'; the tree has {string.Join(", ", byName.Keys.Take(12))}"
            + $"{(byName.Count > 12 ? $" and {byName.Count - 12} more" : "")}.", nameof(name));

    /// <summary>Lays leaves out in order.</summary>
    /// <param name="leaves">Names and shapes.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty or appears twice, a size is negative, or the tree is larger than 2³¹ elements; every fault is listed.
    /// </exception>
    public static TreeLayout Of(params ReadOnlySpan<(string Name, int[] Shape)> leaves)
    {
        List<string> faults = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        ImmutableArray<Leaf>.Builder placed = ImmutableArray.CreateBuilder<Leaf>(leaves.Length);
        long offset = 0;
        long parameters = 0;
        for (int index = 0; index < leaves.Length; index++)
        {
            (string name, int[] shape) = leaves[index];
            if (string.IsNullOrWhiteSpace(name)) faults.Add($"leaf {index} has an empty name");
            else if (!names.Add(name)) faults.Add($"the name '{name}' appears twice");
            long length = 1;
            foreach (int size in shape)
            {
                if (size < 0) faults.Add($"'{name}' has the negative size {size} in its shape [{string.Join(", ", shape)}]");
                length = Math.Min(length * Math.Max(size, 0), int.MaxValue + 1L);
            }

            if (faults.Count == 0 && offset + length <= int.MaxValue - Alignment)
                placed.Add(new Leaf(name, [.. shape], index, (int)offset, (int)length));
            offset += (length + Alignment - 1) / Alignment * Alignment;
            parameters += length;
        }

        if (offset > int.MaxValue - Alignment) faults.Add($"{parameters} parameters are more than one flat buffer holds");
        return faults.Count == 0
            ? new TreeLayout(placed.ToImmutable(), (int)offset, (int)parameters)
            : throw new ArgumentException($"Not a parameter tree: {string.Join("; ", faults)}.", nameof(leaves));
    }

    /// <summary>A tree of zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    public ParameterTree<T> Zeros<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Rent<T>().ToTree();

    /// <summary>A writable buffer of this layout, zeroed, from those given back by released or consumed trees if there is one.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    public TreeBuffer<T> Rent<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> buffer = RentUncleared<T>();
        buffer.Storage.Memory.Span.Clear();
        return buffer;
    }

    /// <inheritdoc/>
    public bool Equals(TreeLayout? other) =>
        ReferenceEquals(this, other) || (other is not null && Leaves.AsSpan().SequenceEqual(other.Leaves.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TreeLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves.Length, ParameterCount);

    /// <summary>The leaves with their shapes.</summary>
    public override string ToString() => string.Join(", ", Leaves);

    /// <summary>The leaf here that equals one of any layout and has its index; fails, naming both, where that is another or none.</summary>
    internal Leaf Own(Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        Leaf? own = leaf.Index < Leaves.Length ? Leaves[leaf.Index] : null;
        return ReferenceEquals(own, leaf) || leaf.Equals(own)
            ? own!
            : throw new ArgumentException(
                $"The leaf {leaf} is of another tree: this one has {own?.ToString() ?? "no leaf"} in its place, number {leaf.Index}.", nameof(leaf));
    }

    /// <summary>Fails, naming the first leaf that differs and both shapes, unless another tree has this layout.</summary>
    internal void RequireSame(TreeLayout other, string role)
    {
        if (Equals(other)) return;
        for (int index = 0; index < Math.Max(Leaves.Length, other.Leaves.Length); index++)
        {
            string expected = index < Leaves.Length ? Leaves[index].ToString() : "no leaf";
            string actual = index < other.Leaves.Length ? other.Leaves[index].ToString() : "no leaf";
            if (expected != actual)
                throw new ArgumentException($"The {role} differ from the parameters in leaf {index}: {actual} where the parameters have {expected}.", role);
        }
    }

    /// <summary>A buffer whose elements are whatever its last owner left; the padding is zeroed by whoever writes it.</summary>
    internal TreeBuffer<T> RentUncleared<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeStorage<T> storage = Pool<T>().TryTake(out object? pooled) ? (TreeStorage<T>)pooled : new TreeStorage<T>(this);
        return new TreeBuffer<T>(storage, storage.Claim());
    }

    internal ConcurrentBag<object> Pool<T>() => typeof(T) == typeof(float) ? floats : doubles;
}
