using System.Collections.Immutable;

namespace Experiments;

/// <summary>A column of a table.</summary>
/// <param name="Heading">What it holds, with the unit in parentheses where there is one.</param>
/// <param name="IsNumeric">Whether it stands flush right.</param>
/// <param name="Cells">One for each row.</param>
public sealed record Column(string Heading, bool IsNumeric, ImmutableArray<Cell> Cells);
