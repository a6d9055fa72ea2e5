namespace Functional.Optim.Tests.Cases;

/// <summary>What each case says is refused is refused, with its message.</summary>
public class RefusedSettingsTests
{
    private static readonly (Func<Optimizer> Make, string Message)[] All =
        [.. Laws.Catalogue.Cases.SelectMany(one => one.Errors)];

    public static TheoryData<string> Messages => [.. All.Select(error => error.Message)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Settings_are_refused_with_every_error(string message) => Assert.All(
        All.Where(error => error.Message == message),
        error => Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(error.Make).Message));
}
