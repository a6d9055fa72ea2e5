namespace Functional.Optim.Tests.Processes;

/// <summary>Such tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute() => Skip = MpiFactAttribute.Lacks;
}
