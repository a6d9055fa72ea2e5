namespace Functional.Optim;

/// <summary>How far to go along a direction.</summary>
public enum LineSearch
{
    /// <summary>As far as the learning rate says.</summary>
    None,

    /// <summary>
    /// To where the loss has fallen enough, L(θ + t·d) ≤ L(θ) + 10⁻⁴·t·L'(θ)·d, and its slope is flat enough,
    /// |L'(θ + t·d)·d| ≤ 0.9·|L'(θ)·d|; the learning rate is what is tried first.
    /// </summary>
    StrongWolfe,
}
