using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Functional.Optim;

/// <summary>How the values of a kind of options are written as text and read again.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="Kind">What the text is, such as "a number".</param>
/// <param name="Read">The value of a text, or what is wrong with it; no message where the kind and the range say
/// it.</param>
/// <param name="Write">The text of a value, from which the value is read again.</param>
internal sealed record OptionText<T>(string Kind, Func<string, Outcome<T>> Read, Func<T, string> Write);

/// <summary>The kinds of options.</summary>
internal static class OptionText
{
    /// <summary>A text that is none of its kind: the option's kind and range say what is allowed.</summary>
    private const string Wrong = "";

    private delegate bool Reader<T>(string text, out T value);

    internal static OptionText<double> Real { get; } = new("a number", Reading<double>(TryReal), WriteReal);

    internal static OptionText<double?> RealOrNone { get; } =
        new("a number or nothing", OrNone(Real), TextOrNone<double>(WriteReal));

    internal static OptionText<bool> Flag { get; } =
        new("a word", Reading<bool>(bool.TryParse), static value => value ? "true" : "false");

    internal static OptionText<string> Name { get; } =
        new("a name", static text => text, static name => name);

    internal static OptionText<LeafFilter> Leaves { get; } =
        new("leaves", Reading<LeafFilter>(LeafFilter.TryParse),
            WriteFilter);

    internal static OptionText<Schedule> Schedule { get; } = new(
        "a number or a schedule",
        static text => TryReal(text, out double rate)
            // The setting that it is for knows what is allowed.
            ? (Schedule)rate
            : ImmutableArray.Create([.. Catalogue.Schedules, .. Catalogue.ComposedSchedules]).Read(text),
        static schedule => schedule.ToString());

    internal static OptionText<IEnumerable<Schedule>> Schedules { get; } = new(
        "schedules", ReadSchedules, static schedules => $"[{string.Join("; ", schedules)}]");

    internal static OptionText<Optimizer> Optimizer { get; } = new(
        "an optimizer", static text => Catalogue.Read(text), static optimizer => optimizer.ToString());

    internal static OptionText<IEnumerable<long>> Integers { get; } = new(
        "integers with commas between", ReadIntegers,
        static values => string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture))));

    internal static OptionText<IEnumerable<double>> Reals { get; } = new(
        "numbers with commas between", ReadReals, static values => string.Join(',', values.Select(WriteReal)));

    internal static OptionText<T> Integer<T>()
        where T : struct, IBinaryInteger<T> => new("an integer", Reading<T>(TryInteger), Text);

    internal static OptionText<T?> IntegerOrNone<T>()
        where T : struct, IBinaryInteger<T> => new("an integer or nothing", OrNone(Integer<T>()), TextOrNone<T>(Text));

    internal static OptionText<TChoice> Choice<TChoice>()
        where TChoice : struct, Enum => new("a word", Reading<TChoice>(TryChoice), static choice => choice.ToString());

    private static Func<string, Outcome<T>> Reading<T>(Reader<T> read) =>
        text => read(text, out T value) ? value : Outcome.Fail<T>(Wrong);

    private static Func<string, Outcome<T?>> OrNone<T>(OptionText<T> of)
        where T : struct => text => of.Read(text).Map(static value => (T?)value);

    private static Func<T?, string> TextOrNone<T>(Func<T, string> write)
        where T : struct => value => value is { } number ? write(number) : "";

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>
    /// The text of a filter where it is read again as an equal one, or as none; a pattern that looks like a word has
    /// none.
    /// </summary>
    private static string WriteFilter(LeafFilter filter)
    {
        string text = filter.ToString();
        bool isAmbiguous = LeafFilter.TryParse(text.Trim(), out LeafFilter read) && !read.Equals(filter);
        return filter.IsText && !isAmbiguous ? text : "custom";
    }

    private static string WriteReal(double value) => value.ToString("g", CultureInfo.InvariantCulture);

    private static bool TryReal(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool TryInteger<T>(string text, out T value)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    /// <summary>A name in any case, and no number in its place.</summary>
    private static bool TryChoice<TChoice>(string text, out TChoice value)
        where TChoice : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value)
        && Enum.GetNames<TChoice>().Contains(text, StringComparer.OrdinalIgnoreCase);

    private static Outcome<IEnumerable<long>> ReadIntegers(string text) => ReadList<long>(text, TryInteger);

    /// <summary>Brackets around the numbers are allowed.</summary>
    private static Outcome<IEnumerable<double>> ReadReals(string text) =>
        ReadList<double>(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, TryReal);

    private static Outcome<IEnumerable<T>> ReadList<T>(string text, Reader<T> tryRead)
    {
        List<T> read = [];
        foreach (string part in text.Split(','))
        {
            if (part.Length == 0) continue;
            if (!tryRead(part, out T value)) return Outcome.Fail<IEnumerable<T>>(Wrong);
            read.Add(value);
        }

        return new(read);
    }

    private static Outcome<IEnumerable<Schedule>> ReadSchedules(string text)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']')) return Outcome.Fail<IEnumerable<Schedule>>(Wrong);
        Outcome<Schedule>[] read =
            [.. EntryText.Split(text[1..^1], ";").Select(static piece => Schedule.Read(piece.Trim()))];
        string[] errors = [.. read.SelectMany(static each => each.Errors)];
        return errors.Length == 0
            ? new(read.Select(static each => each.OrThrow()).ToArray())
            : Outcome.Fail<IEnumerable<Schedule>>(errors);
    }
}
