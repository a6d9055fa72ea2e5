using System.Collections.Immutable;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace Experiments;

/// <summary>A pure function from options and a seed to a report, with what there is to say of it.</summary>
/// <param name="Name">Lower case with hyphens.</param>
/// <param name="Section">The section of the chapter that it is about.</param>
/// <param name="Idea">What the chapter teaches there, in a sentence or two.</param>
public abstract record Experiment(string Name, string Section, string Idea)
{
    /// <summary>Where the chapter's own figures or words are wrong, and what is right; a sentence or two each.</summary>
    public ImmutableArray<string> Errata { get; init; } = [];

    /// <summary>What can be varied.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>The experiment with some of its settings given, or every error found in them.</summary>
    /// <param name="given">Values by the name of the setting.</param>
    public abstract Validation<Error, PreparedExperiment> Prepare(IReadOnlyDictionary<string, string> given);

    /// <summary>An experiment that has no settings yet and nothing to run.</summary>
    /// <typeparam name="TOptions">What can be varied; its default values are the experiment's.</typeparam>
    /// <param name="name">Lower case with hyphens.</param>
    /// <param name="section">The section of the chapter that it is about.</param>
    /// <param name="idea">What the chapter teaches there, in a sentence or two.</param>
    /// <param name="errata">Where the chapter is wrong, and what is right.</param>
    public static Experiment<TOptions> Of<TOptions>(string name, string section, string idea, params ImmutableArray<string> errata)
        where TOptions : new() =>
        new(name, section, idea, (_, _, _, _) => throw new InvalidOperationException($"{name} has nothing to run")) { Errata = errata };
}

/// <summary>An experiment on typed options.</summary>
/// <typeparam name="TOptions">What can be varied; its default values are the experiment's.</typeparam>
/// <param name="Name">Lower case with hyphens.</param>
/// <param name="Section">The section of the chapter that it is about.</param>
/// <param name="Idea">What the chapter teaches there, in a sentence or two.</param>
/// <param name="Run">The function: options, seed, where the share that is done is told, and what stops it.</param>
public sealed record Experiment<TOptions>(
    string Name, string Section, string Idea, Func<TOptions, ulong, IProgress<double>, CancellationToken, Report> Run)
    : Experiment(Name, Section, Idea)
    where TOptions : new()
{
    private ImmutableArray<Setting<TOptions>> settings = [];
    private Func<TOptions, ValidationErrors, ValidationErrors> check = (_, errors) => errors;
    private Func<TOptions, Fin<Unit>> ready = _ => Prelude.unit;

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings => settings;

    /// <summary>Adds a whole number.</summary>
    public Experiment<TOptions> Whole(
        string name, string description, int least, int most, Func<TOptions, int> get, Func<TOptions, int, TOptions> set) =>
        Add(Setting<TOptions>.Number(
            name, description, $"a whole number from {least} to {most}", value => value >= least && value <= most, get, set));

    /// <summary>Adds a number.</summary>
    public Experiment<TOptions> Real(
        string name, string description, Bounds bounds, Func<TOptions, double> get, Func<TOptions, double, TOptions> set) =>
        Add(Setting<TOptions>.Number(name, description, $"a number, {bounds.Allowed}", bounds.Contains, get, set));

    /// <summary>Adds a list of whole numbers.</summary>
    public Experiment<TOptions> Wholes(
        string name, string description, int least, int most,
        Func<TOptions, ImmutableArray<int>> get, Func<TOptions, ImmutableArray<int>, TOptions> set) =>
        Add(Setting<TOptions>.Numbers(
            name, description, $"whole numbers, each from {least} to {most}, with commas between them", value => value >= least && value <= most, get, set));

    /// <summary>Adds a list of numbers.</summary>
    public Experiment<TOptions> Reals(
        string name, string description, Bounds bounds,
        Func<TOptions, ImmutableArray<double>> get, Func<TOptions, ImmutableArray<double>, TOptions> set) =>
        Add(Setting<TOptions>.Numbers(name, description, $"numbers, each {bounds.Allowed}, with commas between them", bounds.Contains, get, set));

    /// <summary>Adds one of some names.</summary>
    public Experiment<TOptions> OneOf(
        string name, string description, IReadOnlyList<string> names, Func<TOptions, string> get, Func<TOptions, string, TOptions> set) =>
        Add(new(name, description, $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}", get,
            (of, text) => names.Contains(text) ? Prelude.Some(set(of, text)) : Prelude.None));

    /// <summary>Adds the path of a file, which is refused at once where there is none.</summary>
    /// <param name="name">Lower case with hyphens.</param>
    /// <param name="description">What it holds.</param>
    /// <param name="otherwise">What is taken when none is given, in words.</param>
    /// <param name="get">The path that options have.</param>
    /// <param name="set">Options with another.</param>
    public Experiment<TOptions> File(
        string name, string description, string otherwise, Func<TOptions, string?> get, Func<TOptions, string, TOptions> set) =>
        Add(new(name, description, "the path of a file that exists", get,
            (of, text) => System.IO.File.Exists(text) ? Prelude.Some(set(of, text)) : Prelude.None, otherwise));

    /// <summary>Adds what must hold between settings.</summary>
    public Experiment<TOptions> Checked(Func<TOptions, ValidationErrors, ValidationErrors> rule) => this with { check = rule };

    /// <summary>Adds what must be there, looked at before any experiment runs.</summary>
    public Experiment<TOptions> Needing(Func<TOptions, Fin<Unit>> what) => this with { ready = what };

    /// <summary>The experiment with its function, for one that is done in a moment.</summary>
    public Experiment<TOptions> Running(Func<TOptions, ulong, Report> run) => this with { Run = (options, seed, _, _) => run(options, seed) };

    /// <summary>The experiment with its function, for a long one: it tells the share that is done, from 0 to 1, and can be stopped.</summary>
    public Experiment<TOptions> Running(Func<TOptions, ulong, IProgress<double>, CancellationToken, Report> run) => this with { Run = run };

    /// <inheritdoc/>
    public override Validation<Error, PreparedExperiment> Prepare(IReadOnlyDictionary<string, string> given)
    {
        TOptions options = new();
        ValidationErrors errors = new();
        foreach (Setting<TOptions> setting in settings)
        {
            if (!given.TryGetValue(setting.Name, out string? text)) continue;
            Option<TOptions> changed = setting.Read(options, text);
            errors.Require(changed.IsSome, $"--{setting.Name}", text.Length == 0 ? "empty" : text, setting.Allowed);
            options = changed.IfNone(options);
        }

        return check(options, errors).Make(() => new PreparedExperiment(
            this,
            [
                .. from setting in settings
                   let value = setting.Shown(options)
                   where value is not null
                   select (setting.Name, value),
            ],
            (seed, progress, cancellation) => Run(options, seed, progress, cancellation)))
            .Bind(prepared => ready(options).Match<Validation<Error, PreparedExperiment>>(Succ: _ => prepared, Fail: error => error));
    }

    private Experiment<TOptions> Add(Setting<TOptions> setting) => this with { settings = settings.Add(setting) };
}
