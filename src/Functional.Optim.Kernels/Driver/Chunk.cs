namespace Functional.Optim.Kernels;

/// <summary>A range of one segment that one thread works on.</summary>
internal readonly record struct Chunk(int Segment, int Start, int Length)
{
    /// <summary>
    /// Elements per chunk: enough to hide the cost of dispatch and to read memory in long stretches, few enough to
    /// balance the threads.
    /// </summary>
    internal const int Size = 32768;

    /// <summary>Passes shorter than this run on the calling thread.</summary>
    internal const int ParallelThreshold = 65536;
}
