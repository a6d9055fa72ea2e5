namespace Functional.Optim.Kernels;

/// <summary>The body of a parallel loop: independent work for each index.</summary>
public interface IParallelBody
{
    /// <summary>Does the work of one index. It may run on any thread, at the same time as other indices.</summary>
    /// <param name="index">The index, from 0 on.</param>
    void Run(int index);
}
