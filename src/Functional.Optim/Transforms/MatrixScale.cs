namespace Functional.Optim;

/// <summary>What an orthogonalized update is multiplied by, for a leaf of so many rows and columns.</summary>
public enum MatrixScale
{
    /// <summary>1.</summary>
    None,

    /// <summary>√max(1, rows / columns), Jordan's, and torch's <c>original</c>.</summary>
    Original,

    /// <summary>
    /// 0.2·√max(rows, columns), so that the update has about the root mean square of AdamW's (Moonlight,
    /// arXiv:2502.16982).
    /// </summary>
    MatchRms,

    /// <summary>√(rows / columns), which is below 1 for wide matrices: Dion's code.</summary>
    Spectral,
}
