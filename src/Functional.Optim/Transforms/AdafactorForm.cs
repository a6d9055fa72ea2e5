namespace Functional.Optim;

/// <summary>Whose semantics <see cref="Adafactor"/> has where implementations differ.</summary>
public enum AdafactorForm
{
    /// <summary>
    /// Hugging Face's and fairseq's, the paper's: ε₁ is added to each square, and the decay goes by the scaled rate
    /// ρ·s, as the step does.
    /// </summary>
    HuggingFace,

    /// <summary>
    /// torch's: ε₁ is the smallest divisor, not part of the squares, and the decay goes by the learning rate η as it is
    /// given.
    /// </summary>
    Torch,
}
