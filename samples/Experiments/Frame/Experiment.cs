using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace Experiments;

/// <summary>A pure function from options and a seed to a report, with what there is to say about it.</summary>
/// <param name="Name">The name on the command line: lower case with hyphens.</param>
/// <param name="Title">What it is about, in a few words.</param>
/// <param name="Section">The section of the source text that it belongs to.</param>
/// <param name="Idea">What the source text teaches there, in one or two sentences.</param>
public abstract record Experiment(string Name, string Title, string Section, string Idea)
{
    /// <summary>
    /// Where the figures or words of the source text are wrong, and what is right; one or two sentences each.
    /// </summary>
    public ImmutableArray<string> Errata { get; init; } = [];

    /// <summary>
    /// Whether it takes so long that it runs only where it is named, or where long ones are asked for.
    /// </summary>
    public bool IsLong { get; init; }

    /// <summary>What can be varied.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>The experiment with given values for some of its settings, or all validation errors.</summary>
    /// <param name="given">Values by the name of the setting.</param>
    public abstract Validation<Error, PreparedExperiment> Prepare(IReadOnlyDictionary<string, string> given);

    /// <summary>An experiment that has no settings yet and nothing to run.</summary>
    /// <typeparam name="TOptions">What can be varied; its default values are those of the experiment.</typeparam>
    /// <param name="name">The name on the command line: lower case with hyphens.</param>
    /// <param name="title">What it is about, in a few words.</param>
    /// <param name="section">The section of the source text that it belongs to.</param>
    /// <param name="idea">What the source text teaches there, in one or two sentences.</param>
    /// <param name="errata">Where the source text is wrong, and what is right.</param>
    public static Experiment<TOptions> Of<TOptions>(
        string name, string title, string section, string idea, params ImmutableArray<string> errata)
        where TOptions : new() =>
        new(name, title, section, idea,
            (_, _, _, _) => throw new InvalidOperationException($"{name} has nothing to run"))
        {
            Errata = errata,
        };
}

/// <summary>An experiment with typed options.</summary>
/// <typeparam name="TOptions">What can be varied; its default values are those of the experiment.</typeparam>
/// <param name="Name">The name on the command line: lower case with hyphens.</param>
/// <param name="Title">What it is about, in a few words.</param>
/// <param name="Section">The section of the source text that it belongs to.</param>
/// <param name="Idea">What the source text teaches there, in one or two sentences.</param>
/// <param name="Run">
/// The function. It takes options, a seed, where the finished share is reported, and what stops it.
/// </param>
public sealed record Experiment<TOptions>(
    string Name, string Title, string Section, string Idea,
    Func<TOptions, ulong, IProgress<double>, CancellationToken, Report> Run)
    : Experiment(Name, Title, Section, Idea)
    where TOptions : new()
{
    private ImmutableArray<Setting<TOptions>> settings = [];
    private Func<TOptions, ValidationErrors, ValidationErrors> check = (_, errors) => errors;
    private Func<TOptions, Fin<Unit>> requirement = _ => Prelude.unit;

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings => settings;

    /// <summary>Adds a setting whose value is an integer.</summary>
    public Experiment<TOptions> Integer(
        string name, string description, int min, int max, Func<TOptions, int> get,
        Func<TOptions, int, TOptions> set) =>
        Add(Setting<TOptions>.Number(
            name, description, $"an integer from {min} to {max}", value => value >= min && value <= max, get, set));

    /// <summary>Adds a setting whose value is a real number.</summary>
    public Experiment<TOptions> Real(
        string name, string description, Bounds bounds, Func<TOptions, double> get,
        Func<TOptions, double, TOptions> set) =>
        Add(Setting<TOptions>.Number(name, description, $"a number, {bounds.Allowed}", bounds.Contains, get, set));

    /// <summary>Adds a setting whose value is a list of integers.</summary>
    public Experiment<TOptions> Integers(
        string name, string description, int min, int max,
        Func<TOptions, ImmutableArray<int>> get, Func<TOptions, ImmutableArray<int>, TOptions> set) =>
        Add(Setting<TOptions>.Numbers(
            name, description, $"integers, each from {min} to {max}, with commas between them",
            value => value >= min && value <= max, get, set));

    /// <summary>Adds a setting whose value is a list of real numbers.</summary>
    public Experiment<TOptions> Reals(
        string name, string description, Bounds bounds,
        Func<TOptions, ImmutableArray<double>> get, Func<TOptions, ImmutableArray<double>, TOptions> set) =>
        Add(Setting<TOptions>.Numbers(
            name, description, $"numbers, each {bounds.Allowed}, with commas between them", bounds.Contains, get, set));

    /// <summary>Adds a setting whose value is one of some names. An error suggests the nearest name.</summary>
    public Experiment<TOptions> OneOf(
        string name, string description, ImmutableArray<string> names,
        Func<TOptions, string> get, Func<TOptions, string, TOptions> set) =>
        Add(new(name, description, Words.Or(names), get,
            (of, text) => names.Contains(text) ? Prelude.Some(set(of, text)) : Prelude.None) { Names = names });

    /// <summary>Adds a setting whose value is the path of a file that exists.</summary>
    /// <param name="name">Lower case with hyphens.</param>
    /// <param name="description">What the file holds.</param>
    /// <param name="otherwise">What is taken when no path is given, in words.</param>
    /// <param name="get">The path that options have.</param>
    /// <param name="set">Options with another path.</param>
    public Experiment<TOptions> File(
        string name, string description, string otherwise, Func<TOptions, string?> get,
        Func<TOptions, string, TOptions> set) =>
        Add(new(name, description, "the path of a file that exists", get,
            (of, text) => System.IO.File.Exists(text) ? Prelude.Some(set(of, text)) : Prelude.None, otherwise));

    /// <summary>Adds what must hold between settings.</summary>
    public Experiment<TOptions> Checked(Func<TOptions, ValidationErrors, ValidationErrors> rule) =>
        this with { check = rule };

    /// <summary>
    /// Adds a requirement, such as a text that can be read. It is checked before any experiment runs.
    /// </summary>
    public Experiment<TOptions> Requiring(Func<TOptions, Fin<Unit>> what) => this with { requirement = what };

    /// <summary>The experiment as one that runs only where it is named, or where long ones are asked for.</summary>
    public Experiment<TOptions> Long() => this with { IsLong = true };

    /// <summary>The experiment with its function, for a short one.</summary>
    public Experiment<TOptions> Running(Func<TOptions, ulong, Report> run) =>
        this with { Run = (options, seed, _, _) => run(options, seed) };

    /// <summary>
    /// The experiment with its function, for a long one: it reports the finished share, from
    /// 0 to 1, and can be stopped.
    /// </summary>
    public Experiment<TOptions> Running(Func<TOptions, ulong, IProgress<double>, CancellationToken, Report> run) =>
        this with { Run = run };

    /// <inheritdoc/>
    public override Validation<Error, PreparedExperiment> Prepare(IReadOnlyDictionary<string, string> given)
    {
        TOptions options = new();
        ValidationErrors errors = new();
        foreach (Setting<TOptions> setting in settings)
        {
            if (!given.TryGetValue(setting.Name, out string? text)) continue;
            Option<TOptions> changed = setting.Read(options, text);
            errors.Require(
                changed.IsSome, $"--{setting.Name}", text.Length == 0 ? "empty" : text,
                $"{setting.Allowed}{Suggestion.For(text, setting.Names)}");
            options = changed.IfNone(options);
        }

        return check(options, errors)
            .Make(() => new PreparedExperiment(
                this,
                [
                    .. from setting in settings
                       let value = setting.Shown(options)
                       where value is not null
                       select (setting.Name, value),
                ],
                (seed, progress, cancellation) => Run(options, seed, progress, cancellation)))
            .Bind(prepared => requirement(options).Match<Validation<Error, PreparedExperiment>>(
                Succ: _ => prepared, Fail: error => error));
    }

    private Experiment<TOptions> Add(Setting<TOptions> setting) => this with { settings = settings.Add(setting) };
}
