namespace Functional.Optim;

/// <summary>What a pass writes at its end.</summary>
internal enum PassEnd
{
    /// <summary>The update, for the next pass.</summary>
    Updates,

    /// <summary>The new parameters.</summary>
    Parameters,

    /// <summary>What has to be added to the parameters.</summary>
    Deltas,
}
