namespace Experiments;

/// <summary>One value of a table.</summary>
/// <param name="Value">
/// A <see cref="double"/>, <see cref="long"/>, <see cref="bool"/>, <see cref="string"/> or <see langword="null"/>.
/// </param>
/// <param name="Text">The value as text, rounded.</param>
public readonly record struct Cell(object? Value, string Text);
