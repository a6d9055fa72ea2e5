using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Reads an entry's options from texts. Asking for a value declares its option, so that each stands in one place: an entry runs its factory
/// once over no text to learn its options. What is returned where the text is missing or wrong has no meaning; the error is noted.
/// </summary>
internal sealed class OptionValues(IReadOnlyDictionary<string, string> given, Schedule? learningRate = null)
{
    private delegate bool Reader<T>(string text, out T value);

    private readonly ValidationErrors errors = new();

    /// <summary>The options asked for so far.</summary>
    internal ImmutableArray<CatalogueOption> Options { get; private set; } = [];

    internal double Real(string name, string description, string allowed, double? fallback = null) =>
        Read<double>(OfReal(name, description, allowed, fallback), ReadReal);

    internal double Real(string name, string description, Bounds allowed, double? fallback = null) => Read(
        OfReal(name, description, allowed.Allowed, fallback),
        (string text, out double value) => ReadReal(text, out value) && allowed.Contains(value));

    internal double? RealOrNone(string name, string description, Bounds allowed) => Read(
        new(name, description, "a number or nothing", allowed.Allowed, string.Empty),
        (string text, out double? value) =>
        {
            bool isNumber = ReadReal(text, out double number);
            value = isNumber ? number : null;
            return isNumber ? allowed.Contains(number) : text.Length == 0;
        });

    internal long Integer(string name, string description, string allowed, long? fallback = null) =>
        Read<long>(OfInteger(name, description, allowed, fallback), ReadInteger);

    internal long Integer(string name, string description, long least, long? fallback = null) =>
        IntegerAtLeast(name, description, least, fallback);

    internal T IntegerAtLeast<T>(string name, string description, T least, T? fallback = null)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => Read(
        OfInteger(name, description, AtLeast(least), fallback),
        (string text, out T value) => ReadInteger(text, out value) && value >= least);

    internal T? IntegerOrNone<T>(string name, string description, T least)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => Read(
        new(name, description, "a whole number or nothing", AtLeast(least), string.Empty),
        (string text, out T? value) =>
        {
            bool whole = ReadInteger(text, out T number);
            value = whole ? number : null;
            return whole ? number >= least : text.Length == 0;
        });

    internal long[] Integers(string name, string description, string allowed) =>
        Read<long[]>(new(name, description, "whole numbers with commas between", allowed, null), ReadIntegers) ?? [];

    internal bool Flag(string name, string description, bool fallback = false) =>
        Read<bool>(new(name, description, "a word", "true, false", fallback ? "true" : "false"), bool.TryParse);

    internal TChoice Choice<TChoice>(string name, string description, TChoice fallback)
        where TChoice : struct, Enum =>
        Read<TChoice>(new(name, description, "a word", string.Join(", ", Enum.GetNames<TChoice>()), fallback.ToString()), ReadChoice);

    internal LeafFilter Leaves(string name, string description, LeafFilter? fallback = null) =>
        Read<LeafFilter>(new(name, description, "leaves", LeafFilter.Allowed, fallback?.ToString()), LeafFilter.TryParse);

    /// <summary>A setting that is a number, or a schedule as text.</summary>
    internal Schedule Scheduled(string name, string description, Bounds allowed, double? fallback = null)
    {
        CatalogueOption option = OfReal(name, description, allowed.Allowed, fallback) with { Type = "a number or a schedule" };
        string? text = TextOf(option);
        return text is null || !text.Contains('(')
            ? Read(option, (string text, out Schedule value) =>
            {
                bool isNumber = ReadReal(text, out double number);
                value = number;
                return isNumber && allowed.Contains(number);
            })
            : Build(option, text => Catalogue.Schedules.Build(text));
    }

    /// <summary>The learning rate: where no text gives it the schedule that was given for it, if one was.</summary>
    internal Schedule LearningRate(string name = "learningRate", string description = "η(t)", string? fallback = null) => Build(
        new(name, description, "a schedule", $"a number or one of the schedules as {EntryText.Form}", fallback),
        text => ReadReal(text, out double rate)
            ? Validated.Of<Schedule>(() => Constant.Of(rate))
            : Catalogue.Schedules.Build(text),
        learningRate);

    internal Optimizer Inner(string name, string description) => Build(
        new(name, description, "an optimizer", $"one of the optimizers and transforms as {EntryText.Form}", null),
        text => ImmutableArray.Create([.. Catalogue.Optimizers, .. Catalogue.Transforms]).Build(text, learningRate));

    /// <summary>The errors of reading, those of texts that no option asked for among them.</summary>
    internal ValidationErrors ErrorsOf(string entry)
    {
        string[] known = [.. Options.Select(option => option.Name)];
        foreach (string name in given.Keys.Except(known, StringComparer.OrdinalIgnoreCase).Take(EntryText.MaxOptions))
            errors.Require(false, Excerpt.Of(name), $"no option of {entry}", string.Join(", ", known));
        return errors;
    }

    private T Read<T>(CatalogueOption option, Reader<T> read)
    {
        Options = Options.Add(option);
        T value = default!;
        string? text = TextOf(option);
        Require(text is not null && read(text, out value), option, text);
        return value;
    }

    /// <summary>What is built from a text of its own, whose errors are told with the option's name in front.</summary>
    private T Build<T>(CatalogueOption option, Func<string, Validation<Error, T>> build, T? otherwise = null)
        where T : class
    {
        Options = Options.Add(option);
        if (GivenFor(option) is null && otherwise is not null) return otherwise;
        string? text = TextOf(option);
        Require(text is not null, option, text);
        return text is null ? null! : build(text).MatchUnsafe(Succ: built => built, Fail: inside =>
        {
            errors.Within(option.Name, inside);
            return null!;
        });
    }

    private void Require(bool holds, CatalogueOption option, string? text) =>
        errors.Require(holds, option.Name, text is null ? "not given" : Excerpt.Of(text), $"{option.Type}, {option.Allowed}");

    private string? TextOf(CatalogueOption option) => GivenFor(option) ?? option.Default;

    private string? GivenFor(CatalogueOption option) =>
        given.FirstOrDefault(text => string.Equals(text.Key, option.Name, StringComparison.OrdinalIgnoreCase)).Value;

    private static CatalogueOption OfReal(string name, string description, string allowed, double? fallback) =>
        new(name, description, "a number", allowed, fallback?.ToString("g", CultureInfo.InvariantCulture));

    private static CatalogueOption OfInteger<T>(string name, string description, string allowed, T? fallback)
        where T : struct, IBinaryInteger<T> =>
        new(name, description, "a whole number", allowed, fallback?.ToString(null, CultureInfo.InvariantCulture));

    private static string AtLeast<T>(T least)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
        typeof(T) == typeof(int) ? $"{least} to {T.MaxValue}" : Bounds.AtLeast(long.CreateChecked(least)).Allowed;

    private static bool ReadReal(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool ReadInteger<T>(string text, out T value)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    private static bool ReadIntegers(string text, out long[] values)
    {
        List<long> read = [];
        bool whole = true;
        foreach (Range part in text.AsSpan().Split(','))
        {
            ReadOnlySpan<char> number = text.AsSpan(part);
            if (number.IsEmpty) continue;
            whole &= long.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value);
            read.Add(value);
        }

        values = [.. read];
        return whole;
    }

    /// <summary>A name in any case, and no number in its place.</summary>
    private static bool ReadChoice<TChoice>(string text, out TChoice value)
        where TChoice : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<TChoice>().Contains(text, StringComparer.OrdinalIgnoreCase);
}
