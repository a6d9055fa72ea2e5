using System.Collections.Immutable;

namespace Experiments;

/// <summary>A column of a table.</summary>
/// <param name="Heading">The name of the values, with the unit in parentheses if there is one.</param>
/// <param name="IsNumeric">Whether it is aligned to the right.</param>
/// <param name="Cells">One cell for each row.</param>
public sealed record Column(string Heading, bool IsNumeric, ImmutableArray<Cell> Cells);
