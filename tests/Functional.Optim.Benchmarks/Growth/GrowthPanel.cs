namespace Functional.Optim.Benchmarks.Growth;

/// <summary>How a time grows with a size.</summary>
/// <param name="Title">What is measured.</param>
/// <param name="Size">What grows, with its unit.</param>
/// <param name="Time">The time, with its unit.</param>
/// <param name="Lines">The times at each size, by their names; all of the same sizes.</param>
internal sealed record GrowthPanel(string Title, string Size, string Time, IReadOnlyList<GrowthLine> Lines);

/// <summary>Times at some sizes.</summary>
/// <param name="Name">What took the time.</param>
/// <param name="Points">The sizes and times.</param>
internal sealed record GrowthLine(string Name, IReadOnlyList<(double Size, double Time)> Points);
