using Experiments;
using Functional.Optim.Tests.Cultures;

namespace Functional.Optim.Samples.Tests.Experiments.Tables;

public sealed class FigureTests
{
    [Theory]
    [InlineData(0.70798989873, 4, "0.7080")]
    [InlineData(8.915125204881688e-07, 3, "8.92e-7")]
    [InlineData(1641248624.07, 3, "1.64e9")]
    [InlineData(0.1, 4, "0.1")]
    [InlineData(0.30000000000000004, 4, "0.3")]
    [InlineData(50, 4, "50")]
    [InlineData(8100.26, 4, "8100")]
    [InlineData(123456, 2, "120000")]
    [InlineData(9.9999, 3, "10.0")]
    [InlineData(1e-5, 4, "1e-5")]
    [InlineData(-0.5, 4, "-0.5")]
    [InlineData(0, 4, "0")]
    [InlineData(double.NaN, 4, "NaN")]
    [InlineData(double.NegativeInfinity, 4, "-∞")]
    public void Numbers_are_rounded_to_digits_and_short_where_they_are_short_in_any_culture(
        double value, int digits, string expected)
    {
        Assert.Equal(expected, Figure.Of(value, digits));
        using DecimalComma culture = new();
        Assert.Equal(expected, Figure.Of(value, digits));
    }
}
