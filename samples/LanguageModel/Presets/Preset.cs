using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>The sizes of a model and the settings of its training.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Attention heads; they divide the width.</param>
/// <param name="Width">Length of the vector of a token.</param>
/// <param name="Context">Tokens in a sequence.</param>
/// <param name="BatchSize">Sequences in a batch.</param>
/// <param name="Steps">Number of training steps.</param>
/// <param name="LearningRate">The peak learning rate.</param>
/// <param name="Floor">The learning rate at the end; the peak, if that is lower.</param>
/// <param name="WarmupSteps">Number of steps up to the peak.</param>
/// <param name="Beta2">β₂ of Adam and AdamW.</param>
/// <param name="Dropout">The share of the activations that training drops.</param>
/// <param name="Biases">Whether linear layers and layer norms have biases.</param>
public sealed record Preset(
    string Name, int Layers, int Heads, int Width, int Context, int BatchSize, int Steps,
    double LearningRate, double Floor, int WarmupSteps, double Beta2, double Dropout, bool Biases)
{
    /// <summary>The maximum number of parameters of a model; a tree can hardly hold more.</summary>
    public const long MaxParameters = 2_000_000_000;

    /// <summary>λ of adamw on leaves of rank 2 and more, unless another is given.</summary>
    public const double DecoupledDecay = 0.1;

    /// <summary>The name of the tokenizer, as <see cref="Tokenizer.Parse"/> reads it.</summary>
    public string Tokens { get; init; } = Tokenizer.Characters;

    /// <summary>
    /// The optimizer, one of <see cref="OptimizerChoice.Known"/>, and options that the preset does not give.
    /// </summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>
    /// The schedule, one of <see cref="ScheduleChoice.Known"/>, and options that the preset does not give.
    /// </summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>
    /// The peak rate of AdamW on the leaves that an optimizer of matrices leaves to it; <see langword="null"/> for
    /// <see cref="LearningRate"/>.
    /// </summary>
    public double? AdamRate { get; init; }

    /// <summary>β₁ of Adam and AdamW, μ of momentum.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>λ on leaves of rank 2 and more; <see langword="null"/> for the default of the optimizer.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The maximum norm of the gradient; 0 for no limit.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>
    /// The presets, the default first: nano takes a minute on a laptop, the others have the sizes of the source text,
    /// whose vocabularies are the first 10,000, 32,000 and 50,000 tokens of GPT-2.
    /// </summary>
    public static ImmutableArray<Preset> All { get; } =
    [
        new("nano", Layers: 4, Heads: 4, Width: 128, Context: 64, BatchSize: 12, Steps: 2000,
            LearningRate: 1e-3, Floor: 1e-4, WarmupSteps: 100, Beta2: 0.99, Dropout: 0, Biases: false),
        new("tiny", Layers: 4, Heads: 2, Width: 128, Context: 512, BatchSize: 64, Steps: 50_000,
            LearningRate: 5e-4, Floor: 5e-5, WarmupSteps: 2000, Beta2: 0.95, Dropout: 0.1, Biases: true)
        {
            Tokens = "gpt2:10000",
        },
        new("small", Layers: 6, Heads: 8, Width: 512, Context: 512, BatchSize: 32, Steps: 100_000,
            LearningRate: 3e-4, Floor: 3e-5, WarmupSteps: 4000, Beta2: 0.95, Dropout: 0.1, Biases: true)
        {
            Tokens = "gpt2:32000",
        },
        new("medium", Layers: 12, Heads: 12, Width: 768, Context: 512, BatchSize: 16, Steps: 200_000,
            LearningRate: 1.5e-4, Floor: 1.5e-5, WarmupSteps: 10_000, Beta2: 0.95, Dropout: 0.1, Biases: true)
        {
            Tokens = "gpt2:50000",
        },
    ];

    /// <summary>The elements of the tensor between the two layers of an MLP, 4·B·C·d.</summary>
    public Int128 ExpandedElements => (Int128)4 * BatchSize * Context * Width;

    /// <summary>The elements of the attention of a block, B·H·C².</summary>
    public Int128 AttentionElements => (Int128)BatchSize * Heads * Context * Context;

    /// <summary>The elements of the logits of a batch, B·C·V.</summary>
    /// <param name="vocabulary">The number of tokens.</param>
    public Int128 LogitElements(int vocabulary) => (Int128)BatchSize * Context * vocabulary;

    /// <summary>The settings by the names of the command line, to write them into a file.</summary>
    public ImmutableSortedDictionary<string, string> ToSettings() => PresetSetting.Write(this);

    /// <summary>
    /// The preset of settings that <see cref="ToSettings"/> wrote, to the bit; or all validation errors.
    /// </summary>
    /// <param name="settings">The settings; names that are none of a preset are left alone.</param>
    public static Validation<Error, Preset> FromSettings(IReadOnlyDictionary<string, string> settings) =>
        PresetSetting.Read(settings);

    /// <summary>
    /// The number of parameters with a vocabulary of V tokens. The embeddings have (V + C)·d; that of the tokens is
    /// the output too. Each block has 12·d²: 3·d² for queries, keys and values, d² for the projection and 8·d² for the
    /// MLP. Each of the two norms of a block and the last norm has d. Biases add 11·d in a block and d at the end.
    /// </summary>
    public long ParameterCount(int vocabulary)
    {
        long width = Width;
        long block = (12 * width * width) + (2 * width) + (Biases ? 11 * width : 0);
        return ((vocabulary + Context) * width) + (Layers * block) + width + (Biases ? width : 0);
    }
}
