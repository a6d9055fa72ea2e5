namespace Functional.Optim;

/// <summary>
/// How the numbers of a slot are kept between steps; they are computed in the type of the parameters always.
/// </summary>
public enum StateFormat
{
    /// <summary>As the parameters: float or double.</summary>
    Full,

    /// <summary>
    /// In 16 bits: the range of a float with 8 bits of precision. Each step rounds stochastically, from bits that
    /// depend on the step, the slot and the place only.
    /// </summary>
    BFloat16,
}
