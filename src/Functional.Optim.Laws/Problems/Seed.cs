using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Core;

namespace Functional.Optim.Laws;

/// <summary>
/// Where random problems start: always at the same seed, so that no run fails by chance. The environment can ask for
/// other ones: <c>EXPLORE=1</c> draws new seeds, and <c>SEED=a,b</c>, with the numbers that a failure printed, starts
/// there again.
/// </summary>
internal static class Seed
{
    private const string Explore = "EXPLORE", Repeat = "SEED";

    /// <summary>Whether each run has another seed.</summary>
    internal static bool IsNew { get; } =
        Environment.GetEnvironmentVariable(Repeat) is null or ""
            && Environment.GetEnvironmentVariable(Explore) is not (null or "" or "0");

    /// <summary>Whether the seed is the one of every run that asks for no other.</summary>
    internal static bool IsUsual { get; } =
        Environment.GetEnvironmentVariable(Repeat) is null or "" && !IsNew;

    private static readonly (ulong State, ulong Gamma, int? Size) Start = Read();

    /// <summary>The seed as <c>SEED</c> takes it.</summary>
    internal static string Text { get; } = string.Create(CultureInfo.InvariantCulture, $"{Start.State},{Start.Gamma}")
        + (Start.Size is { } size ? string.Create(CultureInfo.InvariantCulture, $",{size}") : "");

    /// <summary>The seed for generators that take one number.</summary>
    internal static int Number => unchecked((int)Start.State);

    /// <summary>The generator at the seed.</summary>
    internal static Rnd Generator => new(Start.State, Start.Gamma);

    /// <summary>
    /// A check of so many cases from the seed on, which throws where one fails and prints nothing else.
    /// </summary>
    internal static Config Check(int cases) => Config.QuickThrowOnFailure
        .WithMaxTest(cases)
        .WithQuietOnSuccess(true)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(
            Generator, Start.Size is { } size ? FSharpOption<int>.Some(size) : FSharpOption<int>.None)));

    private static (ulong State, ulong Gamma, int? Size) Read()
    {
        const ulong gamma = 0x9E37_79B9_7F4A_7C15;
        if (Environment.GetEnvironmentVariable(Repeat) is { Length: > 0 } text)
        {
            string[] numbers = text.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries);
            int size = 0;
            if (numbers.Length is 2 or 3
                && ulong.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong state)
                && ulong.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong odd)
                && odd % 2 == 1
                && (numbers.Length == 2
                    || int.TryParse(numbers[2], NumberStyles.None, CultureInfo.InvariantCulture, out size)))
                return (state, odd, numbers.Length == 3 ? size : null);
            throw new InvalidOperationException(
                $"{Repeat} is '{text}'; it takes what a failure printed: two or three whole numbers between commas, "
                + "the second odd.");
        }

        return (IsNew ? (ulong)Random.Shared.NextInt64() : 1, gamma, null);
    }
}
