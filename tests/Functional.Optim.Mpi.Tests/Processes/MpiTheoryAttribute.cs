namespace Functional.Optim.Mpi.Tests.Processes;

/// <summary>Such tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute() => Skip = RankProgram.Lacks;
}
