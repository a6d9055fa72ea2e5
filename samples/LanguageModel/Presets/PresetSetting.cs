using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>A setting of a preset as text: its name, what is allowed, and how it is written and read.</summary>
/// <param name="Name">The name of the option on the command line.</param>
/// <param name="Allowed">What is allowed.</param>
/// <param name="TextOf">The text of the setting in a preset.</param>
/// <param name="With">A preset with the setting that a text says; <see langword="null"/> if it is not allowed.</param>
internal sealed record PresetSetting(
    string Name, string Allowed, Func<Preset, string> TextOf, Func<Preset, string, Preset?> With)
{
    private const int MaxSize = 65_536, MaxLayers = 1024, MaxSteps = 1_000_000_000;
    private const string Yes = "yes", No = "no", Automatic = "default";

    private static readonly ImmutableArray<PresetSetting> All =
    [
        Word("preset", of => of.Name, (of, name) => of with { Name = name }),
        Integer("layers", 1, MaxLayers, of => of.Layers, (of, layers) => of with { Layers = layers }),
        Integer("heads", 1, MaxSize, of => of.Heads, (of, heads) => of with { Heads = heads }),
        Integer("width", 1, MaxSize, of => of.Width, (of, width) => of with { Width = width }),
        Integer("context", 1, MaxSize, of => of.Context, (of, context) => of with { Context = context }),
        Integer("batch", 1, MaxSize, of => of.BatchSize, (of, batch) => of with { BatchSize = batch }),
        Integer("steps", 1, MaxSteps, of => of.Steps, (of, steps) => of with { Steps = steps }),
        Integer("warmup", 0, MaxSteps, of => of.WarmupSteps, (of, warmup) => of with { WarmupSteps = warmup }),
        Real("learning-rate", Bounds.NotNegative, of => of.LearningRate, (of, rate) => of with { LearningRate = rate }),
        Real("floor", Bounds.NotNegative, of => of.Floor, (of, floor) => of with { Floor = floor }),
        Real("beta1", Bounds.HalfOpenUnitInterval, of => of.Beta1, (of, beta) => of with { Beta1 = beta }),
        Real("beta2", Bounds.HalfOpenUnitInterval, of => of.Beta2, (of, beta) => of with { Beta2 = beta }),
        Real("dropout", Bounds.HalfOpenUnitInterval, of => of.Dropout, (of, share) => of with { Dropout = share }),
        Real("clip", Bounds.NotNegative, of => of.Clip, (of, clip) => of with { Clip = clip }),
        new("biases", $"{Yes} or {No}", of => of.Biases ? Yes : No,
            (of, text) => text is Yes or No ? of with { Biases = text == Yes } : null),
        Optional("adam-rate", of => of.AdamRate, (of, rate) => of with { AdamRate = rate }),
        Optional("weight-decay", of => of.WeightDecay, (of, decay) => of with { WeightDecay = decay }),
        Word("optimizer", of => of.Optimizer, (of, optimizer) => of with { Optimizer = optimizer }),
        Word("schedule", of => of.Schedule, (of, schedule) => of with { Schedule = schedule }),
        new("tokens", $"{string.Join(", ", Tokenizer.Known)}, or one of these with :V for its first V tokens",
            of => of.Tokens, (of, text) => Tokenizer.SizeOf(text).IsSucc ? of with { Tokens = text } : null),
    ];

    /// <summary>All settings of a preset.</summary>
    internal static ImmutableSortedDictionary<string, string> Write(Preset preset) =>
        All.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.TextOf(preset),
            StringComparer.Ordinal);

    /// <summary>The preset of all settings, or all validation errors.</summary>
    internal static Validation<Error, Preset> Read(IReadOnlyDictionary<string, string> settings)
    {
        ValidationErrors errors = new();
        Preset preset = Preset.All[0];
        bool isWhole = true;
        foreach (PresetSetting setting in All)
        {
            string? text = settings.TryGetValue(setting.Name, out string? given) ? given : null;
            Preset? read = text is null ? null : setting.With(preset, text);
            errors.Require(read is not null, setting.Name, text ?? "not given", setting.Allowed);
            isWhole &= read is not null;
            preset = read ?? preset;
        }

        // What must hold between settings is clear only where each is read.
        if (isWhole)
        {
            errors
                .Require(preset.WarmupSteps < preset.Steps, "warmup", preset.WarmupSteps,
                    $"an integer from 0, below the {preset.Steps} of steps")
                .Require(preset.Width % preset.Heads == 0, "heads", preset.Heads,
                    $"a divisor of width, which is {preset.Width}")
                .Require(preset.ParameterCount(Tokenizer.SizeOf(preset.Tokens).IfFail(0)) <= Preset.MaxParameters,
                    "width", preset.Width, "a width that makes, with layers, context and tokens, at most "
                    + $"{Preset.MaxParameters:N0} parameters");
        }

        return errors.Make(() => preset).Bind(read => OptimizerChoice.Create(read).Map(_ => read));
    }

    private static PresetSetting Word(string name, Func<Preset, string> get, Func<Preset, string, Preset> with) =>
        new(name, "a text that is not empty", get, (of, text) => text.Length > 0 ? with(of, text) : null);

    private static PresetSetting Integer(
        string name, int min, int max, Func<Preset, int> get, Func<Preset, int, Preset> with) =>
        new(name, $"an integer from {min} to {max}", of => TextOfNumber(get(of)),
            (of, text) => Parse<int>(text) is { } value && value >= min && value <= max ? with(of, value) : null);

    private static PresetSetting Real(
        string name, Bounds bounds, Func<Preset, double> get, Func<Preset, double, Preset> with) =>
        new(name, bounds.Allowed, of => TextOfNumber(get(of)),
            (of, text) => Parse<double>(text) is { } value && bounds.Contains(value) ? with(of, value) : null);

    private static PresetSetting Optional(
        string name, Func<Preset, double?> get, Func<Preset, double?, Preset> with) =>
        new(name, $"{Automatic}, or {Bounds.NotNegative.Allowed}",
            of => get(of) is { } value ? TextOfNumber(value) : Automatic,
            (of, text) => text == Automatic ? with(of, null)
                : Parse<double>(text) is { } value && Bounds.NotNegative.Contains(value) ? with(of, value) : null);

    private static T? Parse<T>(string text)
        where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) ? value : null;

    /// <summary>The shortest text that is read as the same number, to the bit.</summary>
    private static string TextOfNumber<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
