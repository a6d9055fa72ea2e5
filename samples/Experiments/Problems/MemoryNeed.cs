using LanguageModel;

namespace Experiments;

/// <summary>What training a MiniGPT takes of memory, in GiB, in single precision.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Gradients">Their gradients.</param>
/// <param name="Moments">What the optimizer remembers.</param>
/// <param name="Activations">About what the way back needs of the way forward.</param>
public sealed record MemoryNeed(double Parameters, double Gradients, double Moments, double Activations)
{
    private const double FloatsInGiB = 1 << 28;

    /// <summary>All of it.</summary>
    public double InAll => Parameters + Gradients + Moments + Activations;

    /// <summary>
    /// Of each token a block keeps 18·d values, 11·d more with biases and 4·d with dropout, and C attention weights in each head; around
    /// the blocks are about 5·d more, and 3·V for the logits, their softmax and their gradient.
    /// </summary>
    public static MemoryNeed Of(Preset preset, int vocabulary)
    {
        double parameters = preset.ParameterCount(vocabulary), tokens = (double)preset.BatchSize * preset.Context;
        double block = ((18 + (preset.Biases ? 11 : 0) + (preset.Dropout > 0 ? 4 : 0)) * (double)preset.Width) + ((double)preset.Heads * preset.Context);
        double activations = tokens * ((preset.Layers * block) + (5.0 * preset.Width) + (3.0 * vocabulary));
        int moments = preset.Optimizer switch { "sgd" => 0, "momentum" => 1, _ => 2 };
        return new(parameters / FloatsInGiB, parameters / FloatsInGiB, moments * parameters / FloatsInGiB, activations / FloatsInGiB);
    }
}
