using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Functional.Optim.Tests.Catalogues;

/// <summary>A public factory, found by reflection, and what the catalogue should say of it.</summary>
internal sealed record Factory(MethodInfo Method)
{
    /// <summary>The factories that no entry describes, and why.</summary>
    private static readonly Dictionary<string, string> WithoutText = new()
    {
        ["Scaling"] = "the part that the optimizer of its name is made of",
        ["Then"] = "joins two",
        ["Of"] = "of partitions, takes rules with optimizers",
        [nameof(Schedule.Sequential)] = "takes schedules",
        [nameof(Schedule.Chained)] = "takes schedules",
        [nameof(Schedule.FromDouble)] = "a constant by another name",
    };

    /// <summary>What a factory is called that makes what its type is named for.</summary>
    private static readonly string[] NamedForTheirType = ["Of", "By", "Around"];

    /// <summary>Those of optimizers, transforms and wrappers.</summary>
    internal static readonly Factory[] Optimizers =
    [
        .. typeof(Optimizer).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName && !method.IsGenericMethod
                && (typeof(Optimizer).IsAssignableFrom(method.ReturnType) || method.ReturnType == typeof(Lbfgs))
                && (!WithoutText.ContainsKey(method.Name)
                    || (method.Name == "Of" && method.DeclaringType != typeof(Partition))))
            .Select(method => new Factory(method)),
    ];

    /// <summary>Those of schedules, and that of the plateau.</summary>
    internal static readonly Factory[] Schedules =
    [
        .. typeof(Schedule).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => !method.IsSpecialName && !WithoutText.ContainsKey(method.Name))
            .Append(typeof(Plateau).GetMethod(nameof(Plateau.Of))!)
            .Select(method => new Factory(method)),
    ];

    /// <summary>How it is called in code, such as <c>Clip.ByGlobalNorm</c>.</summary>
    internal string Code => NamedForTheirType.Contains(Method.Name)
        ? Method.DeclaringType!.Name
        : $"{Method.DeclaringType!.Name}.{Method.Name}";

    /// <summary>How the catalogue calls it.</summary>
    internal string Name => JsonNamingPolicy.CamelCase.ConvertName(
        Code.Replace("Schedule.", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal));

    internal ParameterInfo[] Parameters => Method.GetParameters();

    /// <summary>Whether it is a number or a schedule, and no learning rate.</summary>
    internal static bool IsSetting(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(Schedule)
            && (parameter.Name is "beta1" or "momentum" or "coefficient" or "weightDecay");

    internal static Factory Get(string name) => Optimizers.Concat(Schedules).Single(factory => factory.Name == name);

    /// <summary>Name and parameters with their defaults, as the entry prints.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Parameters.Select(Option))})";

    /// <summary>What it makes of some arguments; the exception it throws where it does.</summary>
    internal object Make(Func<ParameterInfo, object?> argument)
    {
        try
        {
            return Method.Invoke(null, [.. Parameters.Select(parameter =>
                argument(parameter) is double number && IsSetting(parameter)
                    ? Schedule.FromDouble(number)
                    : argument(parameter))])!;
        }
        catch (TargetInvocationException exception)
        {
            return exception.InnerException!;
        }
    }

    private static string Option(ParameterInfo parameter) =>
        parameter.HasDefaultValue ? $"{parameter.Name}={TextOf(parameter, parameter.DefaultValue)}" : parameter.Name!;

    /// <summary>
    /// The text of a value; null stands for the rate of 1, the usual number, all leaves or no leaves, as the
    /// documentation of the parameter says.
    /// </summary>
    private static string TextOf(ParameterInfo parameter, object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => number.ToString("g", CultureInfo.InvariantCulture),
        null when IsSetting(parameter) => (parameter.Name, parameter.Member.DeclaringType!.Name) switch
        {
            ("beta1", _) => "0.9",
            ("weightDecay", nameof(AdamW) or nameof(AdamC) or nameof(NAdamW) or nameof(Lamb) or nameof(Soap)
                or nameof(NorMuon) or nameof(StableAdamW)) => "0.01",
            ("weightDecay", nameof(Muon) or nameof(SophiaG)) => "0.1",
            _ => "0",
        },
        null when parameter.ParameterType == typeof(Schedule) => "1",
        null when parameter.ParameterType == typeof(Func<Leaf, bool>) =>
            parameter.Name == "frozen" ? "none"
            : parameter.Member.DeclaringType == typeof(Asam) ? "matrices" : "all",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
