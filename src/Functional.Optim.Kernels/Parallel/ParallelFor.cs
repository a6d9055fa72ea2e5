using System.Runtime.ExceptionServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// A parallel loop that allocates nothing in the steady state. The calling thread works too and can finish the loop
/// alone, so loops may be nested.
/// </summary>
/// <remarks>
/// Each thread gets a contiguous range of indices; idle workers take indices from the ranges of the others (work
/// stealing). Contiguous ranges keep the data of each core in its cache from one call to the next. All loops of the
/// process share <see cref="Threads.Limit"/>, so two trainings at the same time do not start more threads than the
/// cores can run. Safe to call from several threads.
/// </remarks>
public static class ParallelFor
{
    /// <summary>
    /// The number of threads in loops, those that were requested included. A value that is out of date costs speed
    /// only.
    /// </summary>
    private static int busy;

    /// <summary>
    /// Runs a body for every index below a count, in any order, on up to <see cref="Threads.Limit"/> threads.
    /// </summary>
    /// <typeparam name="TBody">The type of the body; a struct, so that the JIT specializes the loop for it.</typeparam>
    /// <param name="count">The number of indices; not negative.</param>
    /// <param name="body">The body.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static void Run<TBody>(int count, in TBody body)
        where TBody : struct, IParallelBody
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count <= 1)
        {
            RunSequentially(count, body);
            return;
        }

        int threads = Math.Clamp(Threads.Limit - Volatile.Read(ref busy), 1, count);
        Interlocked.Add(ref busy, threads);
        try
        {
            if (threads == 1 || HelperThreads.AreRefused) RunSequentially(count, body);
            else Job<TBody>.Start(count, body, threads - 1);
        }
        finally
        {
            Interlocked.Add(ref busy, -threads);
        }
    }

    /// <summary>The same, but on the calling thread when all indices together have too few elements to split.</summary>
    /// <param name="count">The number of indices; not negative.</param>
    /// <param name="length">The total number of elements of all indices.</param>
    /// <param name="body">The body.</param>
    internal static void Run<TBody>(int count, long length, in TBody body)
        where TBody : struct, IParallelBody
    {
        if (length < Chunk.ParallelThreshold) RunSequentially(count, body);
        else Run(count, body);
    }

    private static void RunSequentially<TBody>(int count, in TBody body)
        where TBody : struct, IParallelBody
    {
        TBody local = body;
        for (int index = 0; index < count; index++) local.Run(index);
    }

    /// <summary>An object that is in a pool at times.</summary>
    private abstract class Pooled
    {
        internal Pooled? Next { get; set; }
    }

    /// <summary>
    /// Objects for reuse, by any thread. One type for all kinds of jobs, where a collection of each would be dozens of
    /// types for each in a natively compiled program.
    /// </summary>
    private sealed class Pool
    {
        private readonly Lock gate = new();
        private Pooled? first;

        internal Pooled? Take()
        {
            lock (gate)
            {
                Pooled? taken = first;
                first = taken?.Next;
                return taken;
            }
        }

        internal void Add(Pooled item)
        {
            lock (gate)
            {
                item.Next = first;
                first = item;
            }
        }
    }

    /// <summary>
    /// One running loop. It returns to its pool when the caller and all queued work items have left it.
    /// </summary>
    private sealed class Job<TBody> : Pooled, IThreadPoolWorkItem
        where TBody : struct, IParallelBody
    {
        private static readonly Pool Free = new();

        private TBody body;
        private int count;
        private int rangeCount;
        private int started;
        private int finished;
        private int users;
        private Exception? failure;

        /// <summary>The range of each worker.</summary>
        private IndexRange[] ranges = [];

        void IThreadPoolWorkItem.Execute()
        {
            HelperThreads.Came();
            Work();
            Leave();
        }

        internal static void Start(int count, in TBody body, int helpers)
        {
            Job<TBody> job = (Job<TBody>?)Free.Take() ?? new Job<TBody>();
            job.body = body;
            job.count = count;
            job.started = 0;
            job.Split(helpers + 1);
            job.finished = 0;
            job.failure = null;
            job.users = helpers + 1;
            for (int helper = 0; helper < helpers; helper++) HelperThreads.Ask(job);
            job.Work();
            SpinWait wait = default;
            while (Volatile.Read(ref job.finished) < count) wait.SpinOnce(sleep1Threshold: -1);
            // All indices are taken. Clear the body, so that the pooled job does not keep its objects alive.
            job.body = default;
            Exception? failure = job.failure;
            job.Leave();
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        }

        private void Split(int workers)
        {
            rangeCount = workers;
            if (ranges.Length < workers) ranges = new IndexRange[workers];
            for (int range = 0; range < workers; range++) ranges[range] = new(StartOf(range), StartOf(range + 1));
        }

        private int StartOf(int range) => (int)((long)count * range / rangeCount);

        private void Work()
        {
            TBody local = body;
            int own = Interlocked.Increment(ref started) - 1;
            for (int turn = 0; turn < rangeCount; turn++)
            {
                ref IndexRange range = ref ranges[(own + turn) % rangeCount];
                while (range.TryTake(out int index)) Run(local, index);
            }
        }

        private void Run(in TBody local, int index)
        {
            try
            {
                local.Run(index);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
            finally
            {
                Interlocked.Increment(ref finished);
            }
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref users) == 0) Free.Add(this);
        }
    }
}
