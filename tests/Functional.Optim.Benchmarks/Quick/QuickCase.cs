using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>A benchmark class with one value for each of its parameters.</summary>
/// <param name="Type">The class.</param>
/// <param name="Values">The values of its parameters, in order.</param>
internal sealed record QuickCase(Type Type, IReadOnlyList<(PropertyInfo Parameter, object? Value)> Values)
{
    /// <summary>The class and the values, for filters and tables.</summary>
    internal string Name => Values.Count == 0 ? Type.Name : $"{Type.Name}({Parameters})";

    /// <summary>The values of the parameters.</summary>
    internal string Parameters => string.Join(", ", Values.Select(Shown));

    /// <summary>All cases of the classes of this program.</summary>
    internal static IEnumerable<QuickCase> All =>
        from type in typeof(QuickCase).Assembly.GetTypes()
        where type.GetMethods().Any(method => Attribute(method) is { Baseline: true })
        orderby type.Name
        from values in Combinations([.. type.GetProperties().Where(property => ValuesOf(property) is not null)])
        select new QuickCase(type, values);

    /// <summary>Creates an object of the class and sets it up.</summary>
    internal object SetUp()
    {
        object made = Activator.CreateInstance(Type)!;
        foreach ((PropertyInfo parameter, object? value) in Values) parameter.SetValue(made, value);
        Call<GlobalSetupAttribute>(made);
        return made;
    }

    /// <summary>The methods to measure; the baseline is the first.</summary>
    /// <param name="made">The object that was set up.</param>
    internal IReadOnlyList<Timing> Timings(object made) =>
    [
        .. from method in Type.GetMethods()
           let attribute = Attribute(method)
           where attribute is not null
           orderby attribute.Baseline descending
           select new Timing(
               attribute.Description ?? method.Name, method.CreateDelegate<Action>(made),
               method.GetCustomAttribute<RestAfterAttribute>()?.Milliseconds ?? Timing.RestMilliseconds),
    ];

    /// <summary>Calls the clean-up method of the class.</summary>
    internal void CleanUp(object made) => Call<GlobalCleanupAttribute>(made);

    private void Call<TAttribute>(object made)
        where TAttribute : System.Attribute
    {
        foreach (MethodInfo method in Type.GetMethods())
        {
            if (method.GetCustomAttribute<TAttribute>() is not null) method.Invoke(made, null);
        }
    }

    private static BenchmarkAttribute? Attribute(MethodInfo method) => method.GetCustomAttribute<BenchmarkAttribute>();

    private static object?[]? ValuesOf(PropertyInfo property)
    {
        if (property.GetCustomAttribute<ParamsAttribute>() is { } given) return given.Values;
        if (property.GetCustomAttribute<ParamsSourceAttribute>() is not { } source) return null;
        Type where = source.Type ?? property.DeclaringType!;
        object? values = where.GetProperty(source.Name)!.GetValue(null);
        return [.. ((System.Collections.IEnumerable)values!).Cast<object?>()];
    }

    private static IEnumerable<IReadOnlyList<(PropertyInfo, object?)>> Combinations(
        IReadOnlyList<PropertyInfo> parameters)
    {
        IEnumerable<IReadOnlyList<(PropertyInfo, object?)>> combinations = [[]];
        foreach (PropertyInfo parameter in parameters)
        {
            combinations =
            [
                .. from values in combinations
                   from value in ValuesOf(parameter)!
                   select (IReadOnlyList<(PropertyInfo, object?)>)[.. values, (parameter, value)],
            ];
        }

        return combinations;
    }

    private static string Shown((PropertyInfo Parameter, object? Value) of) =>
        of.Value is IFormattable number and (int or long)
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : $"{of.Value}";
}
