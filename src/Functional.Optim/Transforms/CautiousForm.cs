namespace Functional.Optim;

/// <summary>
/// What <see cref="Cautious"/> multiplies the elements by that it keeps, s of the n elements of a leaf.
/// </summary>
public enum CautiousForm
{
    /// <summary>1 / max(s/n, 0.001), as timm.</summary>
    Mean,

    /// <summary>n / (s + 1), as the authors' Lion: less than 1 even where all agree.</summary>
    CountPlusOne,
}
