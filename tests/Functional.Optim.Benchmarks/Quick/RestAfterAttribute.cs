namespace Functional.Optim.Benchmarks.Quick;

/// <summary>How long the next method waits, where threads of a method spin longer than those of .NET.</summary>
/// <param name="milliseconds">The time in milliseconds.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RestAfterAttribute(int milliseconds) : Attribute
{
    /// <summary>The time in milliseconds.</summary>
    internal int Milliseconds => milliseconds;
}
