using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>The averages of the parameters on the command line: what is evaluated and shipped.</summary>
public static class AverageChoice
{
    /// <summary>No average.</summary>
    public const string None = "none";

    /// <summary>What is allowed, in words.</summary>
    public const string Allowed = "none, ema, ema(DECAY) or swa(START)";

    /// <summary>An optimizer with the average that a text says, or what is wrong with the text.</summary>
    /// <param name="text">One of <see cref="Allowed"/>.</param>
    /// <param name="optimizer">The optimizer whose parameters are averaged.</param>
    public static Validation<Error, Optimizer> Add(string text, Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(optimizer);
        if (text == None) return optimizer;
        return TextOf(text) is { } transform
            ? Catalogue.Build(transform).Bind(average => Validated.Of(() => optimizer.Then(average)))
                .MapFail(error => Error.New($"--average {text}: {error.Message}"))
            : Error.New($"--average is {text}; allowed is {Allowed}");
    }

    /// <summary>Whether a text is one of <see cref="Allowed"/>; its number is not checked.</summary>
    /// <param name="text">The text.</param>
    public static bool IsAllowed(string text) => text == None || TextOf(text) is not null;

    /// <summary>The entry of the catalogue that a text stands for.</summary>
    private static string? TextOf(string text) => text.Split('(', ')') switch
    {
        ["ema"] => "parameterEma",
        ["ema", string decay, ""] => $"parameterEma(decay={decay})",
        ["swa", string start, ""] => $"swa(start={start})",
        _ => null,
    };
}
