namespace Functional.Optim.Tests.Laws;

/// <summary>How long the bounded searches go on: fifty times as long where the environment has <c>LONG=1</c>.</summary>
internal static class Effort
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("LONG") is not (null or "" or "0");

    internal static int Times(int usual) => IsLong ? 50 * usual : usual;
}
