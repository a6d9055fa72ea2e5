namespace Functional.Optim.Kernels;

/// <summary>The body of a parallel loop: independent work for each index.</summary>
public interface IParallelBody
{
    /// <summary>Does the work of one index.</summary>
    void Run(int index);
}
