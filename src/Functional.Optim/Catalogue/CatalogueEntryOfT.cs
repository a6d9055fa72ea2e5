using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>An entry with the type of what it builds, such as <see cref="Schedule"/>.</summary>
/// <typeparam name="T">What it builds.</typeparam>
public abstract class CatalogueEntry<T> : CatalogueEntry
{
    private protected CatalogueEntry(string kind, string name)
        : base(kind, name)
    {
    }

    /// <summary>
    /// What the options say, or all validation errors: of each option by itself, and of options that do not go
    /// together.
    /// </summary>
    /// <param name="options">Texts by the options' names; one with a default may be left out.</param>
    /// <param name="learningRate">The learning rate where no option gives it.</param>
    public Validation<Error, T> Build(IReadOnlyDictionary<string, string> options, Schedule? learningRate = null) =>
        Read(options, learningRate).ToValidation();

    /// <inheritdoc cref="Build"/>
    internal abstract Outcome<T> Read(IReadOnlyDictionary<string, string> options, Schedule? learningRate);

    /// <summary>
    /// The text of an instance, from which <see cref="Build"/> makes an equal one; <see langword="null"/> where the
    /// entry does not describe it.
    /// </summary>
    internal abstract string? TextOf(T instance);

    /// <summary>The entry of the scaling; <see langword="null"/> where it has none.</summary>
    internal CatalogueEntry<T>? Scaling { get; set; }
}

/// <summary>An entry that knows the type of its own instances.</summary>
/// <typeparam name="T">What the catalogue lists it as.</typeparam>
/// <typeparam name="TOwn">What it builds.</typeparam>
/// <param name="kind">What it makes, such as "schedule".</param>
/// <param name="name">The name.</param>
/// <param name="defaults">Makes an instance with every default.</param>
/// <param name="make">Makes an instance of options.</param>
internal sealed class CatalogueEntry<T, TOwn>(
    string kind, string name, Func<TOwn> defaults, Func<EntryOptions<TOwn>, T> make) : CatalogueEntry<T>(kind, name)
    where TOwn : class, T
{
    private TOwn? made;

    /// <summary>An instance with every default, made once; of two threads that make it either may win.</summary>
    private TOwn Defaults => made ??= defaults();

    /// <inheritdoc/>
    internal override Outcome<T> Read(IReadOnlyDictionary<string, string> options, Schedule? learningRate) =>
        Read(Options, options, learningRate, isScaling: false);

    /// <summary>An instance of texts.</summary>
    internal Outcome<T> Read(
        ImmutableArray<CatalogueOption> known, IReadOnlyDictionary<string, string> texts, Schedule? learningRate,
        bool isScaling)
    {
        ArgumentNullException.ThrowIfNull(texts);
        EntryOptions<TOwn> reading =
            EntryOptions<TOwn>.Reading(Defaults, texts, known, learningRate, isScaling);
        Outcome<T> made = Made(reading);
        reading.RefuseUnknown(Name);
        reading.Errors.Add(made.Errors);
        return reading.Errors.Checked(() => made).Bind(static inner => inner);
    }

    /// <inheritdoc/>
    internal override string? TextOf(T instance) => instance is TOwn own ? TextOf(Name, own, isScaling: false) : null;

    /// <summary>The text of an instance under a name.</summary>
    internal string? TextOf(string name, TOwn instance, bool isScaling)
    {
        EntryOptions<TOwn> writing = EntryOptions<TOwn>.Writing(Defaults, instance, isScaling);
        // Another type, or a setting that no option has, is not what the text says.
        return Made(writing).Is(instance)
            ? EntryText.Of(name, writing.Texts)
            : null;
    }

    /// <summary>What the factory makes; a factory of a user may throw anything.</summary>
    private Outcome<T> Made(EntryOptions<TOwn> at)
    {
        try
        {
            return Outcome.Of(() => make(at));
        }
        catch (Exception exception)
        {
            return Outcome.Fail<T>($"{Name} cannot be made: {exception.Message}");
        }
    }

    /// <summary>The options that the factory asks for.</summary>
    internal ImmutableArray<CatalogueOption> List(bool isScaling)
    {
        EntryOptions<TOwn> listing = EntryOptions<TOwn>.Listing(Defaults, isScaling);
        IReadOnlyDictionary<string, string> allowed = Setting.Learn(() => make(listing));
        return [.. listing.Options.Select(option => option.Allowed.Length > 0
            ? option
            : option with { Allowed = allowed.GetValueOrDefault(option.Name, "") })];
    }

    private protected override ImmutableArray<CatalogueOption> ListOptions() => List(isScaling: false);
}

/// <summary>The scaling of an optimizer as an entry of its own, with the options that are the scaling's.</summary>
/// <typeparam name="TOwn">The optimizer.</typeparam>
/// <param name="optimizer">The entry of the optimizer.</param>
internal sealed class ScalingEntry<TOwn>(CatalogueEntry<Optimizer, TOwn> optimizer)
    : CatalogueEntry<Optimizer>("transform", $"{optimizer.Name}Scaling")
    where TOwn : ElementwiseOptimizer
{
    /// <inheritdoc/>
    internal override Outcome<Optimizer> Read(IReadOnlyDictionary<string, string> options, Schedule? learningRate) =>
        optimizer.Read(Options, options, learningRate, isScaling: true)
            .Map(static own => (Optimizer)new OptimizerScaling((TOwn)own));

    /// <inheritdoc/>
    internal override string? TextOf(Optimizer instance) =>
        instance is OptimizerScaling { Groups.IsEmpty: true, StateFormat: null, Settings: TOwn own }
            ? optimizer.TextOf(Name, own, isScaling: true) : null;

    private protected override ImmutableArray<CatalogueOption> ListOptions() => optimizer.List(isScaling: true);
}
