using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// A parallel loop that allocates nothing in the steady state: the caller works too, and can finish the loop alone, so loops may
/// be nested.
/// </summary>
/// <remarks>
/// The indices are dealt out in shares of neighbours, one for each thread, and who is through with its own goes on with those of others:
/// a loop that comes again finds in the cache of each core what it left there, and threads do not take turns on one stretch of memory.
/// Loops that run at the same time share <see cref="Threads.Limit"/>: two trainings at once, each of which asks for every core, would
/// mostly wait for threads that have no core to run on.
/// </remarks>
public static class ParallelFor
{
    /// <summary>How many threads are in loops, those asked for included. A count that is a moment old costs speed, nothing else.</summary>
    private static int busy;

    /// <summary>Runs a body for every index below a count, in any order, on up to <see cref="Threads.Limit"/> threads.</summary>
    /// <typeparam name="TBody">The body; a struct, so that the loop is specialised for it.</typeparam>
    /// <param name="count">The number of indices; not negative.</param>
    /// <param name="body">The body.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static void Run<TBody>(int count, in TBody body)
        where TBody : struct, IParallelBody
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count <= 1)
        {
            Alone(count, body);
            return;
        }

        int threads = Math.Clamp(Threads.Limit - Volatile.Read(ref busy), 1, count);
        Interlocked.Add(ref busy, threads);
        try
        {
            if (threads == 1) Alone(count, body);
            else Job<TBody>.Start(count, body, threads - 1);
        }
        finally
        {
            Interlocked.Add(ref busy, -threads);
        }
    }

    /// <summary>The same; on the calling thread where all indices together are too few elements to share out.</summary>
    /// <param name="count">The number of indices; not negative.</param>
    /// <param name="length">How many elements they have together.</param>
    /// <param name="body">The body.</param>
    internal static void Run<TBody>(int count, long length, in TBody body)
        where TBody : struct, IParallelBody
    {
        if (length < Chunk.ParallelThreshold) Alone(count, body);
        else Run(count, body);
    }

    private static void Alone<TBody>(int count, in TBody body)
        where TBody : struct, IParallelBody
    {
        TBody local = body;
        for (int index = 0; index < count; index++) local.Run(index);
    }

    /// <summary>One loop in flight; goes back to its pool when the caller and every queued item are through with it.</summary>
    private sealed class Job<TBody> : IThreadPoolWorkItem
        where TBody : struct, IParallelBody
    {
        private static readonly ConcurrentBag<Job<TBody>> Pool = [];

        private TBody body;
        private int count;
        private int hands;
        private int workers;
        private int finished;
        private int users;
        private Exception? failure;

        /// <summary>The share of each hand.</summary>
        private IndexRange[] shares = [];

        void IThreadPoolWorkItem.Execute()
        {
            Work();
            Leave();
        }

        internal static void Start(int count, in TBody body, int helpers)
        {
            if (!Pool.TryTake(out Job<TBody>? job)) job = new Job<TBody>();
            job.body = body;
            job.count = count;
            job.workers = 0;
            job.Deal(helpers + 1);
            job.finished = 0;
            job.failure = null;
            job.users = helpers + 1;
            for (int helper = 0; helper < helpers; helper++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
            job.Work();
            SpinWait wait = default;
            while (Volatile.Read(ref job.finished) < count) wait.SpinOnce(sleep1Threshold: -1);
            // Nobody takes an index any more, and a body that stays after would keep what it refers to.
            job.body = default;
            Exception? failure = job.failure;
            job.Leave();
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        }

        private void Deal(int among)
        {
            hands = among;
            if (shares.Length < hands) shares = new IndexRange[hands];
            for (int share = 0; share < hands; share++) shares[share] = new(StartOf(share), StartOf(share + 1));
        }

        private int StartOf(int share) => (int)((long)count * share / hands);

        private void Work()
        {
            TBody local = body;
            int own = Interlocked.Increment(ref workers) - 1;
            for (int turn = 0; turn < hands; turn++)
            {
                ref IndexRange share = ref shares[(own + turn) % hands];
                while (share.TryTake(out int index)) Run(local, index);
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
            if (Interlocked.Decrement(ref users) == 0) Pool.Add(this);
        }
    }
}
