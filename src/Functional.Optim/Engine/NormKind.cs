namespace Functional.Optim;

/// <summary>How the size of an update is measured.</summary>
public enum NormKind
{
    /// <summary>√Σu², the Euclidean norm.</summary>
    L2,

    /// <summary>Σ|u|.</summary>
    L1,

    /// <summary>max|u|.</summary>
    Infinity,
}
