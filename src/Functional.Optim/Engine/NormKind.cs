namespace Functional.Optim;

/// <summary>The norm that measures an update.</summary>
public enum NormKind
{
    /// <summary>√Σu², the Euclidean norm.</summary>
    L2,

    /// <summary>Σ|u|, the sum of magnitudes.</summary>
    L1,

    /// <summary>max|u|, the largest magnitude.</summary>
    Infinity,
}
