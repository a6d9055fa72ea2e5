using System.Globalization;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>The numbers that a setting may be: those from a smallest to a largest one, never NaN.</summary>
public sealed class Bounds
{
    private readonly double min;
    private readonly double max;
    private readonly bool whole;

    private Bounds(string allowed, double min, double max, bool whole = false) =>
        (Allowed, this.min, this.max, this.whole) = (allowed, min, max, whole);

    /// <summary>0 up to, not including, 1: decay rates of moving averages.</summary>
    public static Bounds HalfOpenUnitInterval { get; } = new("in [0, 1)", 0, Math.BitDecrement(1.0));

    /// <summary>0 up to and including 1.</summary>
    public static Bounds UnitInterval { get; } = new("in [0, 1]", 0, 1);

    /// <summary>Above 0, up to and including 1: factors that repeat.</summary>
    public static Bounds AboveZeroToOne { get; } = new("in (0, 1]", double.Epsilon, 1);

    /// <summary>Finite and 0 or more.</summary>
    public static Bounds NotNegative { get; } = new("finite and not negative", 0, double.MaxValue);

    /// <summary>Finite and more than 0.</summary>
    public static Bounds Positive { get; } = new("finite and positive", double.Epsilon, double.MaxValue);

    /// <summary>0 or more, infinity included.</summary>
    public static Bounds ZeroOrMore { get; } = new("0 or more", 0, double.PositiveInfinity);

    /// <summary>At least 1; infinity is allowed.</summary>
    public static Bounds OneOrMore { get; } = new("1 or more", 1, double.PositiveInfinity);

    /// <summary>Neither infinite nor NaN.</summary>
    public static Bounds Finite { get; } = new("finite", double.MinValue, double.MaxValue);

    /// <summary>Between 0 and 1, neither included.</summary>
    internal static Bounds OpenUnitInterval { get; } = OpenInterval(0, 1);

    /// <summary>Nothing but 0: what does not go together with another setting.</summary>
    internal static Bounds Zero { get; } = new("0", 0, 0);

    /// <summary>The bounds in words, such as "in [0, 1)".</summary>
    public string Allowed { get; }

    /// <summary>Whole numbers from a least one on.</summary>
    public static Bounds AtLeast(long least) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{least} or more"), least, double.PositiveInfinity,
            whole: true);

    /// <summary>Numbers between two others, neither included.</summary>
    public static Bounds OpenInterval(double above, double below) => new(
        string.Create(CultureInfo.InvariantCulture, $"in ({above}, {below})"), Math.BitIncrement(above),
        Math.BitDecrement(below));

    /// <summary>Whether a number is allowed.</summary>
    public bool Contains(double value) => value >= min && value <= max && (!whole || value == Math.Floor(value));

    /// <summary>The number, for the setter of a setting.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The setting.</param>
    /// <exception cref="ArgumentException">The number is not allowed.</exception>
    public double Check(double value, [CallerMemberName] string name = "") =>
        Contains(value) ? value : throw NotAllowed(value, name);

    /// <summary>The bounds in words.</summary>
    public override string ToString() => Allowed;

    /// <summary>Refuses a number that is not allowed.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">Its name; by default the expression given as the number.</param>
    /// <exception cref="ArgumentException">The number is not allowed.</exception>
    internal void Require(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!Contains(value)) throw NotAllowed(value, name);
    }

    // A method of its own: what only throws is not inlined into each check.
    private ArgumentException NotAllowed(double value, string name) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; allowed is {Allowed}."));
}
