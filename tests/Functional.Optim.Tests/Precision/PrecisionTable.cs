using System.Globalization;
using Functional.Optim.Tests.Catalogues;

namespace Functional.Optim.Tests.Precision;

/// <summary>The errors of all formulas as a table.</summary>
internal static class PrecisionTable
{
    internal static string Text => CatalogueTables.Table(
        [
            "1,000 steps of", "parameters in float", "state in float", "parameters in double", "state in double",
        ],
        [
            .. PrecisionTests.All.Select(formula => (string[])
            [
                formula.Name, Number(formula.InFloat.Parameters), Number(formula.InFloat.State),
                Number(formula.InDouble.Parameters), Number(formula.InDouble.State),
            ]),
        ]);

    private static string Number(double ulps) => ulps.ToString(CultureInfo.InvariantCulture);
}
