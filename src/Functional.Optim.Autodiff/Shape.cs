using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Autodiff;

/// <summary>The sizes of up to four dimensions, outermost first; without dimensions it is a scalar.</summary>
/// <remarks>A collection expression makes one: <c>Shape matrix = [32, 3];</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public readonly record struct Shape
{
    /// <summary>The maximum number of dimensions.</summary>
    public const int MaximumRank = 4;

    private readonly (int First, int Second, int Third, int Fourth) sizes;

    /// <summary>Makes a shape.</summary>
    /// <param name="sizes">The size of each dimension; none negative, at most <see cref="MaximumRank"/>.</param>
    /// <exception cref="ArgumentException">A size is negative, or there are too many, or too many elements.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaximumRank)
        {
            throw new ArgumentException(
                $"The shape {TextOf(sizes)} has {sizes.Length} dimensions; {MaximumRank} are allowed.");
        }

        // Check a copy, because another thread may change the caller's memory between the check and the use.
        Span<int> own = stackalloc int[sizes.Length];
        sizes.CopyTo(own);
        sizes = own;
        long length = 1;
        foreach (int size in sizes)
        {
            if (size < 0) throw new ArgumentException($"The shape {TextOf(sizes)} has the negative size {size}.");
            length *= size;
            if (length > int.MaxValue)
                throw new ArgumentException($"The shape {TextOf(sizes)} has more than {int.MaxValue} elements.");
        }

        Rank = sizes.Length;
        this.sizes = (At(sizes, 0), At(sizes, 1), At(sizes, 2), At(sizes, 3));

        static int At(ReadOnlySpan<int> sizes, int dimension) => dimension < sizes.Length ? sizes[dimension] : 0;

        static string TextOf(ReadOnlySpan<int> sizes) => $"[{string.Join(", ", sizes.ToArray())}]";
    }

    /// <summary>The shape without dimensions, with one element; it is <c>default</c>.</summary>
    public static Shape Scalar => default;

    /// <summary>The number of dimensions.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of the sizes.</summary>
    public int Length => LengthOf(Rank);

    /// <summary>The size of the innermost dimension; 1 for a scalar.</summary>
    public int Columns => Rank == 0 ? 1 : this[Rank - 1];

    /// <summary>The product of all sizes but the innermost; 1 for a scalar.</summary>
    public int Rows => LengthOf(Rank - 1);

    /// <summary>The size of a dimension.</summary>
    /// <param name="dimension">The index of the dimension, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape does not have this dimension.</exception>
    public int this[int dimension] => (uint)dimension >= (uint)Rank
        ? throw new ArgumentOutOfRangeException(
            nameof(dimension), dimension, $"The shape {this} has {Rank} dimensions, from 0 on.")
        : dimension switch { 0 => sizes.First, 1 => sizes.Second, 2 => sizes.Third, _ => sizes.Fourth };

    /// <inheritdoc cref="Shape(ReadOnlySpan{int})"/>
    public static Shape Of(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>Not to be called: it is here because a type that a collection expression makes needs it.</summary>
    /// <remarks>
    /// A spread of a shape would take <see cref="Length"/> for the number of its sizes, and be wrong.
    /// </remarks>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("A shape is not a sequence; use Rank and the indexer.", error: true)]
    public IEnumerator<int> GetEnumerator()
    {
        for (int dimension = 0; dimension < Rank; dimension++) yield return this[dimension];
    }

    /// <summary>The shape with another innermost size.</summary>
    /// <param name="columns">The innermost size.</param>
    /// <exception cref="InvalidOperationException">A scalar has no innermost size.</exception>
    public Shape WithColumns(int columns)
    {
        if (Rank == 0) throw new InvalidOperationException("A scalar has no innermost size.");
        return With(Rank - 1, columns);
    }

    /// <summary>The shape with another size of one dimension.</summary>
    internal Shape With(int dimension, int size)
    {
        Span<int> changed = stackalloc int[Rank];
        for (int each = 0; each < Rank; each++) changed[each] = each == dimension ? size : this[each];
        return new Shape(changed);
    }

    /// <summary>The shape without one of its dimensions.</summary>
    internal Shape Without(int dimension)
    {
        Span<int> changed = stackalloc int[Rank - 1];
        for (int each = 0; each < changed.Length; each++) changed[each] = this[each < dimension ? each : each + 1];
        return new Shape(changed);
    }

    /// <summary>
    /// Whether this shape equals the innermost dimensions of another, so that it can be repeated to that shape.
    /// </summary>
    /// <param name="other">The other shape.</param>
    public bool IsSuffixOf(Shape other)
    {
        if (Rank > other.Rank) return false;
        for (int dimension = 1; dimension <= Rank; dimension++)
        {
            if (this[Rank - dimension] != other[other.Rank - dimension]) return false;
        }

        return true;
    }

    /// <summary>The sizes, such as <c>[12, 64, 128]</c>.</summary>
    public override string ToString()
    {
        int[] all = [sizes.First, sizes.Second, sizes.Third, sizes.Fourth];
        return $"[{string.Join(", ", all[..Rank])}]";
    }

    private int LengthOf(int dimensions)
    {
        int length = 1;
        for (int dimension = 0; dimension < dimensions; dimension++) length *= this[dimension];
        return length;
    }
}
