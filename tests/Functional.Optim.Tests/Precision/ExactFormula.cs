namespace Functional.Optim.Tests.Precision;

/// <summary>The formula of an update for one number, in 28 digits.</summary>
/// <param name="step">t, from 1.</param>
/// <param name="theta">θ.</param>
/// <param name="gradient">g.</param>
/// <param name="slots">The slots before, to be made those after.</param>
/// <returns>θ'.</returns>
internal delegate decimal ExactStep(int step, decimal theta, decimal gradient, decimal[] slots);

/// <summary>
/// An optimizer, its formula in exact numbers, and how far from those a thousand steps are, in ulp of the largest value
/// so far.
/// </summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Optimizer">The optimizer, at the rate <see cref="Rate"/>, which is exact in every type.</param>
/// <param name="Start">The slots before the first update.</param>
/// <param name="Step">The formula.</param>
/// <param name="InFloat">The errors in float.</param>
/// <param name="InDouble">The errors in double.</param>
internal sealed record ExactFormula(
    string Name, Optimizer Optimizer, decimal[] Start, ExactStep Step, (double Parameters, double State) InFloat,
    (double Parameters, double State) InDouble)
{
    /// <summary>The learning rate: 2⁻¹⁰.</summary>
    internal const double Rate = 1.0 / 1024;

    /// <summary>How many updates.</summary>
    internal const int Steps = 1000;
}
