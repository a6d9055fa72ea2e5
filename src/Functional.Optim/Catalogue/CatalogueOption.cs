namespace Functional.Optim;

/// <summary>An option of a <see cref="CatalogueEntry"/>, whose value is given as text.</summary>
/// <param name="Name">The name, that of the parameter in the code.</param>
/// <param name="Description">What it is.</param>
/// <param name="Type">What its text is, such as "a number".</param>
/// <param name="Allowed">The values allowed, in words, such as "in [0, 1)".</param>
/// <param name="Default">The text that stands for it where it is not given, empty for none; null where it must be
/// given.</param>
public sealed record CatalogueOption(string Name, string Description, string Type, string Allowed, string? Default)
{
    /// <summary>Name and default, such as "floor=0", or only the name.</summary>
    public override string ToString() => Default is null ? Name : $"{Name}={Default}";
}
