namespace Functional.Optim;

/// <summary>What <see cref="Mars"/> does with the corrected gradient.</summary>
public enum MarsKind
{
    /// <summary>AdamW.</summary>
    AdamW,

    /// <summary>The sign of its mean.</summary>
    Lion,

    /// <summary>Its mean, made orthogonal as in <see cref="Muon"/>: for matrices only.</summary>
    Shampoo,
}
