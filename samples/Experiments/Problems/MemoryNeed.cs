using LanguageModel;

namespace Experiments;

/// <summary>The memory that training a MiniGPT needs, in GiB, in single precision.</summary>
/// <param name="Parameters">For the parameters.</param>
/// <param name="Gradients">For the gradients.</param>
/// <param name="Moments">For the moments of the optimizer.</param>
/// <param name="Activations">For the values of the forward pass that the backward pass needs; an estimate.</param>
public sealed record MemoryNeed(double Parameters, double Gradients, double Moments, double Activations)
{
    private const double FloatsInGiB = 1 << 28;

    /// <summary>The sum.</summary>
    public double Total => Parameters + Gradients + Moments + Activations;

    /// <summary>
    /// The need of a preset. For each token a block keeps 18·d values, 11·d more with biases, 4·d more with dropout,
    /// and C attention weights in each head. Outside the blocks it is about 5·d, and 3·V for the logits, their
    /// softmax and their gradient.
    /// </summary>
    public static MemoryNeed Of(Preset preset, int vocabulary)
    {
        double parameters = preset.ParameterCount(vocabulary), tokens = (double)preset.BatchSize * preset.Context;
        double block = ((18 + (preset.Biases ? 11 : 0) + (preset.Dropout > 0 ? 4 : 0)) * (double)preset.Width)
            + ((double)preset.Heads * preset.Context);
        double activations = tokens * ((preset.Layers * block) + (5.0 * preset.Width) + (3.0 * vocabulary));
        int moments = preset.Optimizer switch { "sgd" => 0, "momentum" => 1, _ => 2 };
        return new(parameters / FloatsInGiB, parameters / FloatsInGiB, moments * parameters / FloatsInGiB,
            activations / FloatsInGiB);
    }
}
