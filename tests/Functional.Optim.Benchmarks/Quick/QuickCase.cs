using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>A class of benchmarks with one value for each of its parameters.</summary>
/// <param name="Type">The class.</param>
/// <param name="Values">The values of its parameters, in their order.</param>
internal sealed record QuickCase(Type Type, IReadOnlyList<(PropertyInfo Parameter, object? Value)> Values)
{
    /// <summary>The class and the values, as a filter sees it and a table shows it.</summary>
    internal string Name => Values.Count == 0 ? Type.Name : $"{Type.Name}({string.Join(", ", Values.Select(Shown))})";

    /// <summary>The methods to measure, what the others are compared with first.</summary>
    internal IReadOnlyList<MethodInfo> Methods =>
        [.. Type.GetMethods().Where(method => Attribute(method) is not null).OrderByDescending(
            method => Attribute(method)!.Baseline)];

    /// <summary>Every case of the classes of this program.</summary>
    internal static IEnumerable<QuickCase> All =>
        from type in typeof(QuickCase).Assembly.GetTypes()
        where type.GetMethods().Any(method => Attribute(method) is { Baseline: true })
        orderby type.Name
        from values in Combinations([.. type.GetProperties().Where(property => ValuesOf(property) is not null)])
        select new QuickCase(type, values);

    /// <summary>An object of the class, set up.</summary>
    internal object SetUp()
    {
        object made = Activator.CreateInstance(Type)!;
        foreach ((PropertyInfo parameter, object? value) in Values) parameter.SetValue(made, value);
        Call<GlobalSetupAttribute>(made);
        return made;
    }

    /// <summary>Gives back what the set up took.</summary>
    internal void CleanUp(object made) => Call<GlobalCleanupAttribute>(made);

    private void Call<TAttribute>(object made)
        where TAttribute : System.Attribute
    {
        foreach (MethodInfo method in Type.GetMethods()
            .Where(method => method.GetCustomAttribute<TAttribute>() is not null))
            method.Invoke(made, null);
    }

    private static BenchmarkAttribute? Attribute(MethodInfo method) => method.GetCustomAttribute<BenchmarkAttribute>();

    private static object?[]? ValuesOf(PropertyInfo property) =>
        property.GetCustomAttribute<ParamsAttribute>()?.Values
        ?? (property.GetCustomAttribute<ParamsSourceAttribute>() is { } source
            ? [.. ((System.Collections.IEnumerable)property.DeclaringType!.GetProperty(source.Name)!.GetValue(null)!)
                .Cast<object?>()]
            : null);

    private static IEnumerable<IReadOnlyList<(PropertyInfo, object?)>> Combinations(
        IReadOnlyList<PropertyInfo> parameters) =>
        parameters.Aggregate<PropertyInfo, IEnumerable<IReadOnlyList<(PropertyInfo, object?)>>>(
            [[]], static (before, next) => before.SelectMany(_ => ValuesOf(next)!, (values, value) =>
                (IReadOnlyList<(PropertyInfo, object?)>)[.. values, (next, value)]));

    private static string Shown((PropertyInfo Parameter, object? Value) of) =>
        of.Value is IFormattable number and (int or long)
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : $"{of.Value}";
}
