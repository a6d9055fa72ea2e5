using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Optim.Training;

/// <summary>
/// A few numbers with names: those scalars of an optimizer's state that it shows in reports, such as d of Prodigy.
/// Equal when names and bits are.
/// </summary>
public readonly struct NamedScalars : IEquatable<NamedScalars>
{
    /// <summary>The maximum number of scalars, so that a report holds them without allocation.</summary>
    public const int MaxCount = 4;

    private readonly ImmutableArray<string> names;
    private readonly Numbers values;

    private NamedScalars(ImmutableArray<string> names, Numbers values) => (this.names, this.values) = (names, values);

    /// <summary>The names; empty for none.</summary>
    public ImmutableArray<string> Names => names.IsDefault ? [] : names;

    /// <summary>How many there are.</summary>
    public int Count => Names.Length;

    /// <summary>A value, in the order of <see cref="Names"/>.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public double this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return values[index];
        }
    }

    /// <summary>Whether names and bits are equal.</summary>
    public static bool operator ==(NamedScalars left, NamedScalars right) => left.Equals(right);

    /// <summary>Whether names or bits differ.</summary>
    public static bool operator !=(NamedScalars left, NamedScalars right) => !left.Equals(right);

    /// <summary>Numbers under their names.</summary>
    /// <param name="names">The names; at most <see cref="MaxCount"/>.</param>
    /// <param name="values">A value for each name.</param>
    /// <exception cref="ArgumentException">There are too many names, or not as many values.</exception>
    public static NamedScalars Of(ImmutableArray<string> names, params ReadOnlySpan<double> values)
    {
        int count = names.IsDefault ? 0 : names.Length;
        if (count > MaxCount || count != values.Length)
        {
            throw new ArgumentException(
                $"There are {count} names and {values.Length} values; allowed are at most {MaxCount} names, and a "
                + "value for each.");
        }

        Numbers kept = default;
        values.CopyTo(kept);
        return new(names, kept);
    }

    /// <summary>The scalars that an optimizer shows, of a state of it.</summary>
    /// <param name="names">Their names, as <see cref="NamesOf"/> has them.</param>
    /// <param name="state">The state.</param>
    internal static NamedScalars Of<T>(ImmutableArray<string> names, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Numbers values = default;
        for (int index = 0; index < names.Length; index++) values[index] = state.Scalar(names[index]);
        return new(names, values);
    }

    /// <summary>The names of the scalars that an optimizer shows; the first ones where there are many.</summary>
    internal static ImmutableArray<string> NamesOf(Optimizer optimizer) =>
        [.. optimizer.ReportedScalars.Distinct().Take(MaxCount)];

    /// <summary>The value under a name; <see langword="null"/> where there is none.</summary>
    /// <param name="name">The name.</param>
    public double? Find(string name) => Names.IndexOf(name) is >= 0 and int index ? values[index] : null;

    /// <inheritdoc/>
    public bool Equals(NamedScalars other)
    {
        if (!Names.AsSpan().SequenceEqual(other.Names.AsSpan())) return false;
        for (int index = 0; index < Count; index++)
        {
            if (BitConverter.DoubleToInt64Bits(values[index]) != BitConverter.DoubleToInt64Bits(other.values[index]))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NamedScalars other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, values[0]);

    /// <summary>The names with their values, such as "d 0.001".</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int index = 0; index < Count; index++)
        {
            text.Append(index == 0 ? "" : ", ")
                .Append(CultureInfo.InvariantCulture, $"{Names[index]} {values[index]}");
        }

        return text.ToString();
    }

    [InlineArray(MaxCount)]
    private struct Numbers
    {
        private double first;
    }
}
