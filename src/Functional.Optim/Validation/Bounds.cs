using System.Globalization;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>The numbers that a setting may be.</summary>
public sealed class Bounds
{
    private readonly Func<double, bool> contains;

    private Bounds(string allowed, Func<double, bool> contains) => (Allowed, this.contains) = (allowed, contains);

    /// <summary>0 up to, not including, 1: decay rates of moving averages.</summary>
    public static Bounds BelowOne { get; } = new("in [0, 1)", static value => value is >= 0 and < 1);

    /// <summary>0 up to and including 1.</summary>
    public static Bounds UnitInterval { get; } = new("in [0, 1]", static value => value is >= 0 and <= 1);

    /// <summary>Above 0, up to and including 1: factors that repeat.</summary>
    public static Bounds AboveZeroToOne { get; } = new("in (0, 1]", static value => value is > 0 and <= 1);

    /// <summary>Finite and 0 or more.</summary>
    public static Bounds NotNegative { get; } = new("finite and not negative", static value => double.IsFinite(value) && value >= 0);

    /// <summary>Finite and more than 0.</summary>
    public static Bounds Positive { get; } = new("finite and positive", static value => double.IsFinite(value) && value > 0);

    /// <summary>0 or more, infinity included.</summary>
    public static Bounds ZeroOrMore { get; } = new("0 or more", static value => value >= 0);

    /// <summary>Neither infinite nor NaN.</summary>
    public static Bounds Finite { get; } = new("finite", double.IsFinite);

    /// <summary>Nothing but 0: what does not go together with another setting.</summary>
    internal static Bounds Zero { get; } = new("0", static value => value == 0);

    /// <summary>The bounds in words, such as "in [0, 1)".</summary>
    public string Allowed { get; }

    /// <summary>Whole numbers from a least one on.</summary>
    public static Bounds AtLeast(long least) => new(
        string.Create(CultureInfo.InvariantCulture, $"{least} or more"), value => value >= least && value == Math.Floor(value));

    /// <summary>Numbers between two others, neither included.</summary>
    public static Bounds Within(double above, double below) => new(
        string.Create(CultureInfo.InvariantCulture, $"in ({above}, {below})"), value => value > above && value < below);

    /// <summary>Whether a number is allowed.</summary>
    public bool Contains(double value) => contains(value);

    /// <summary>The number, for the setter of a setting.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The setting.</param>
    /// <exception cref="ArgumentException">The number is not allowed.</exception>
    public double Check(double value, [CallerMemberName] string name = "") => Contains(value)
        ? value
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; allowed is {Allowed}."));

    /// <summary>The bounds in words.</summary>
    public override string ToString() => Allowed;
}
