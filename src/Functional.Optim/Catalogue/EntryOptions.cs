using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The options of an entry of the catalogue. The entry's factory asks for each value by its name; what it asks for is
/// an option. The same call reads the value from a text, writes the value of an instance as text, and lists the option.
/// </summary>
/// <typeparam name="T">What the entry builds.</typeparam>
public sealed class EntryOptions<T>
    where T : class
{
    private readonly T? written;
    private readonly IReadOnlyDictionary<string, string> given;
    private readonly ImmutableArray<CatalogueOption> known;
    private readonly Schedule? learningRate;

    private EntryOptions(
        T defaults, T? written, IReadOnlyDictionary<string, string> given, ImmutableArray<CatalogueOption> known,
        Schedule? learningRate) =>
        (Defaults, this.written, this.given, this.known, this.learningRate) =
        (defaults, written, given, known, learningRate);

    /// <summary>An instance with every default.</summary>
    internal T Defaults { get; }

    /// <summary>Whether the entry is that of a scaling: decay and learning rate are no options of it.</summary>
    internal bool IsScaling { get; init; }

    /// <summary>The options asked for so far.</summary>
    internal ImmutableArray<CatalogueOption> Options { get; private set; } = [];

    /// <summary>The texts of the values that are not the default, in the order of the options.</summary>
    internal List<KeyValuePair<string, string>> Texts { get; } = [];

    /// <summary>What is wrong with the texts given.</summary>
    internal ValidationErrors Errors { get; } = new();

    /// <summary>Lists the options: every value is that of the defaults.</summary>
    internal static EntryOptions<T> Listing(T defaults, bool isScaling = false) =>
        new(defaults, defaults, ImmutableDictionary<string, string>.Empty, [], null) { IsScaling = isScaling };

    /// <summary>Writes the values of an instance.</summary>
    internal static EntryOptions<T> Writing(T defaults, T instance, bool isScaling = false) =>
        new(defaults, instance, ImmutableDictionary<string, string>.Empty, [], null) { IsScaling = isScaling };

    /// <summary>Reads values from texts.</summary>
    internal static EntryOptions<T> Reading(
        T defaults, IReadOnlyDictionary<string, string> given, ImmutableArray<CatalogueOption> known,
        Schedule? learningRate, bool isScaling = false) =>
        new(defaults, null, given, known, learningRate) { IsScaling = isScaling };

    /// <summary>A number.</summary>
    /// <param name="name">The name, that of the factory's parameter.</param>
    /// <param name="description">What it is.</param>
    /// <param name="of">The value of an instance.</param>
    /// <param name="required">Whether it has no default.</param>
    /// <param name="allowed">What is allowed, where the setter of the name does not say it.</param>
    public double Real(
        string name, string description, Func<T, double> of, bool required = false, string? allowed = null) =>
        Value(name, description, OptionText.Real, of, required, allowed);

    /// <summary>A number, or nothing.</summary>
    /// <inheritdoc cref="Real"/>
    public double? RealOrNone(string name, string description, Func<T, double?> of, string? allowed = null) =>
        Value(name, description, OptionText.RealOrNone, of, false, allowed);

    /// <summary>An integer.</summary>
    /// <inheritdoc cref="Real"/>
    /// <typeparam name="TInteger">Its type.</typeparam>
    public TInteger Integer<TInteger>(
        string name, string description, Func<T, TInteger> of, bool required = false, string? allowed = null)
        where TInteger : struct, IBinaryInteger<TInteger> =>
        Value(name, description, OptionText.Integer<TInteger>(), of, required, allowed);

    /// <summary>An integer, or nothing.</summary>
    /// <inheritdoc cref="Real"/>
    /// <typeparam name="TInteger">Its type.</typeparam>
    public TInteger? IntegerOrNone<TInteger>(
        string name, string description, Func<T, TInteger?> of, string? allowed = null)
        where TInteger : struct, IBinaryInteger<TInteger> =>
        Value(name, description, OptionText.IntegerOrNone<TInteger>(), of, false, allowed);

    /// <summary>Several integers, with commas between.</summary>
    /// <inheritdoc cref="Real"/>
    public IEnumerable<long> Integers(
        string name, string description, Func<T, IEnumerable<long>> of, bool required = false,
        string? allowed = null) => Value(name, description, OptionText.Integers, of, required, allowed);

    /// <summary>Several numbers, with commas between.</summary>
    /// <inheritdoc cref="Real"/>
    public IEnumerable<double> Reals(
        string name, string description, Func<T, IEnumerable<double>> of, bool required = false,
        string? allowed = null) => Value(name, description, OptionText.Reals, of, required, allowed);

    /// <summary>True or false.</summary>
    /// <inheritdoc cref="Real"/>
    public bool Flag(string name, string description, Func<T, bool> of) =>
        Value(name, description, OptionText.Flag, of, false, "true, false");

    /// <summary>A choice of an enumeration.</summary>
    /// <inheritdoc cref="Real"/>
    /// <typeparam name="TChoice">The choices.</typeparam>
    public TChoice Choice<TChoice>(string name, string description, Func<T, TChoice> of)
        where TChoice : struct, Enum => Value(
        name, description, OptionText.Choice<TChoice>(), of, false, string.Join(", ", Enum.GetNames<TChoice>()));

    /// <summary>A name, which has no default.</summary>
    internal string Name(string name, string description, Func<T, string> of) =>
        Value(name, description, OptionText.Name, of, true, "any without ( ) [ ] , ; = and .");

    /// <summary>A filter of leaves.</summary>
    /// <inheritdoc cref="Real"/>
    public LeafFilter Leaves(string name, string description, Func<T, LeafFilter> of, bool required = false) =>
        Value(name, description, OptionText.Leaves, of, required, LeafFilter.Allowed);

    /// <summary>A number, or a schedule as text.</summary>
    /// <inheritdoc cref="Real"/>
    public Schedule Schedule(
        string name, string description, Func<T, Schedule> of, bool required = false, string? allowed = null) =>
        Value(name, description, OptionText.Schedule, of, required, allowed);

    /// <summary>Several schedules.</summary>
    /// <inheritdoc cref="Real"/>
    internal IEnumerable<Schedule> Schedules(string name, string description, Func<T, IEnumerable<Schedule>> of) =>
        Value(name, description, OptionText.Schedules, of, true, "[schedule; schedule; …]");

    /// <summary>The learning rate: the schedule that was given for it, where no text gives it.</summary>
    /// <inheritdoc cref="Real"/>
    public Schedule LearningRate(string name, string description, Func<T, Schedule> of, bool required = true)
    {
        Schedule read = Value(
            name, description, OptionText.Schedule, of, required && learningRate is null, null);
        return written is null && learningRate is not null && Given(name) is null ? learningRate : read;
    }

    /// <summary>An optimizer as text.</summary>
    /// <inheritdoc cref="Real"/>
    public Optimizer Optimizer(string name, string description, Func<T, Optimizer> of) => Value(
        name, description,
        OptionText.Optimizer with { Read = text => Catalogue.Read(text, learningRate) }, of, true,
        $"one of the optimizers and transforms as {EntryText.Form}");

    /// <summary>Notes the texts that no option asked for.</summary>
    internal void RefuseUnknown(string entry)
    {
        string[] names = [.. Options.Select(option => option.Name)];
        IEnumerable<string> unknown = given.Keys.Except(names, StringComparer.OrdinalIgnoreCase);
        foreach (string name in unknown.Take(EntryText.MaxOptions))
        {
            string allowed = names.Length == 0 ? "none" : string.Join(", ", names);
            Errors.Require(false, Excerpt.Of(name), $"no option of {entry}", allowed);
        }
    }

    private TValue Value<TValue>(
        string name, string description, OptionText<TValue> text, Func<T, TValue> of, bool required, string? allowed)
    {
        ArgumentNullException.ThrowIfNull(of);
        string? fallback = required ? null : text.Write(of(Defaults));
        Options = Options.Add(new(name, description, text.Kind, allowed ?? "", fallback));
        if (written is not null)
        {
            TValue value = of(written);
            string own = text.Write(value);
            if (own != fallback) Texts.Add(new(name, own));
            return value;
        }

        if (Given(name) is not { } asked)
        {
            if (required) Errors.Require(false, name, "not given", AllowedFor<TValue>(name, text.Kind));
            return of(Defaults);
        }

        // A text without characters is the nothing of an option that may be nothing.
        if (asked.Length == 0 && MayBeNothing<TValue>()) return default!;
        // Lambdas here would be types for each entry and kind of value, which is much in a natively compiled program.
        Outcome<TValue> read = text.Read(asked);
        if (read.IsSuccess) return read.OrThrow();
        if (read.Errors is [""]) Errors.Require(false, name, asked, AllowedFor<TValue>(name, text.Kind));
        else Errors.Within(name, read.Errors);
        return of(Defaults);
    }

    /// <summary>What an option may be, and how nothing and infinity are written where it may be that.</summary>
    private string AllowedFor<TValue>(string name, string kind)
    {
        string allowed = AllowedBy(name);
        string text = allowed.Length == 0 ? kind : $"{kind}, {allowed}";
        if (MayBeNothing<TValue>()) text += $"; nothing is written {name}=";
        bool isReal = typeof(TValue) == typeof(double) || typeof(TValue) == typeof(double?);
        return isReal && (allowed == Bounds.ZeroOrMore.Allowed || allowed == Bounds.OneOrMore.Allowed)
            ? $"{text}; infinity is written {name}=Infinity"
            : text;
    }

    private string AllowedBy(string name) => known.FirstOrDefault(option => option.Name == name)?.Allowed ?? "";

    private static bool MayBeNothing<TValue>() => Nullable.GetUnderlyingType(typeof(TValue)) is not null;

    private string? Given(string name) =>
        given.FirstOrDefault(text => string.Equals(text.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
}
