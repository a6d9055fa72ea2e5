using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>Tests that set <see cref="Threads.Limit"/> run alone, so that no other test changes it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreadLimit
{
    internal const string Name = "thread limit";

    internal static TResult With<TResult>(int limit, Func<TResult> work)
    {
        int before = Threads.Limit;
        Threads.Limit = limit;
        try
        {
            return work();
        }
        finally
        {
            Threads.Limit = before;
        }
    }
}
