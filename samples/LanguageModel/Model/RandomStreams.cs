namespace LanguageModel;

/// <summary>The random streams of a seed: each purpose has its own high counter.</summary>
/// <remarks>The batches of <see cref="Functional.Optim.Training.TokenBatches"/> have the high counter 0.</remarks>
public static class RandomStreams
{
    /// <summary>The parameters at the start.</summary>
    public const ulong Start = 1;

    /// <summary>The text that the model writes.</summary>
    public const ulong Writing = 2;

    /// <summary>The dropout at the first place of the model; each further place has the next.</summary>
    public const ulong Dropout = 3;
}
