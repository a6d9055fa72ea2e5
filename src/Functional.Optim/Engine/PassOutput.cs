namespace Functional.Optim;

/// <summary>What the last pass writes.</summary>
internal enum PassOutput
{
    /// <summary>The new parameters.</summary>
    Parameters,

    /// <summary>The deltas Δ, which are to be added to the parameters.</summary>
    Deltas,
}
