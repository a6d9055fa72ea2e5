namespace Functional.Optim;

/// <summary>
/// Whether Adam divides by the largest second moment so far (AMSGrad; Reddi, Kale and Kumar, 2018, arXiv:1904.09237),
/// so that its rates never grow again, and of which moment the largest is kept.
/// </summary>
public enum AmsGrad
{
    /// <summary>The second moment itself: Adam.</summary>
    Off,

    /// <summary>max v, corrected for bias when it is used: torch.</summary>
    OfMoment,

    /// <summary>max v̂, of moments already corrected: Optax.</summary>
    OfCorrectedMoment,
}
