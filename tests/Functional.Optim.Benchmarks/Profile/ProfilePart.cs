namespace Functional.Optim.Benchmarks.Profile;

/// <summary>A part of a step.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Forward">The seconds of its forward pass; 0 where it has none.</param>
/// <param name="Backward">The seconds of its backward pass, or of all where it has no forward pass.</param>
internal readonly record struct ProfilePart(string Name, double Forward, double Backward)
{
    /// <summary>Its seconds.</summary>
    internal double Seconds => Forward + Backward;
}
