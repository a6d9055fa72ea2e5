using System.Globalization;

namespace Functional.Optim.Tests.Cultures;

/// <summary>
/// Until it is disposed, a culture that writes 0.5 as 0,5; what promises to be the same in every culture must not care.
/// </summary>
internal sealed class DecimalComma : IDisposable
{
    private readonly CultureInfo before = CultureInfo.CurrentCulture;

    public DecimalComma()
    {
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = comma;
        Assert.Equal("0,5", $"{0.5}");
    }

    public void Dispose() => CultureInfo.CurrentCulture = before;
}
