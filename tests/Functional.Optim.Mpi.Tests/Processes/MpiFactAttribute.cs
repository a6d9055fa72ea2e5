namespace Functional.Optim.Mpi.Tests.Processes;

/// <summary>A test of several processes, which is skipped where MPICH is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute() => Skip = RankProgram.Lacks;
}
