namespace Functional.Optim;

/// <summary>How <see cref="BFloat16Parameters"/> rounds new parameters.</summary>
public enum ParameterRounding
{
    /// <summary>
    /// To one of the two neighbours, up with the probability of the fraction that is cut off, so that the mean is the
    /// parameter itself. The random bits depend on the step and the place only. No slot.
    /// </summary>
    Stochastic,

    /// <summary>
    /// To the nearest, and what the rounding took away is added to the next update: the slot <c>compensation</c>, which
    /// may have a <see cref="StateFormat"/> too. Nothing random, and no update is lost.
    /// </summary>
    Kahan,

    /// <summary>
    /// To the nearest: an update of less than 1/512 of its parameter is lost. For comparisons; it is what an optimizer
    /// does that knows nothing of its parameters' 16 bits.
    /// </summary>
    Nearest,
}
