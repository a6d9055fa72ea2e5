using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// A parallel loop that allocates nothing in the steady state: the caller works too, and can finish the loop alone, so loops may
/// be nested.
/// </summary>
public static class ParallelFor
{
    /// <summary>Runs a body for every index below a count, in any order, on up to <see cref="Threads.Limit"/> threads.</summary>
    /// <typeparam name="TBody">The body; a struct, so that the loop is specialised for it.</typeparam>
    /// <param name="count">The number of indices.</param>
    /// <param name="body">The body.</param>
    public static void Run<TBody>(int count, in TBody body)
        where TBody : struct, IParallelBody
    {
        int threads = Math.Min(Threads.Limit, count);
        if (threads <= 1)
        {
            TBody local = body;
            for (int index = 0; index < count; index++) local.Run(index);
            return;
        }

        Job<TBody>.Start(count, body, threads - 1);
    }

    /// <summary>One loop in flight; goes back to its pool when the caller and every queued item are through with it.</summary>
    private sealed class Job<TBody> : IThreadPoolWorkItem
        where TBody : struct, IParallelBody
    {
        private static readonly ConcurrentBag<Job<TBody>> Pool = [];

        private TBody body;
        private int count;
        private int next;
        private int finished;
        private int users;
        private Exception? failure;

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
            job.next = 0;
            job.finished = 0;
            job.failure = null;
            job.users = helpers + 1;
            for (int helper = 0; helper < helpers; helper++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
            job.Work();
            SpinWait wait = default;
            while (Volatile.Read(ref job.finished) < count) wait.SpinOnce(sleep1Threshold: -1);
            Exception? failure = job.failure;
            job.Leave();
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        }

        private void Work()
        {
            TBody local = body;
            for (int index = Interlocked.Increment(ref next) - 1; index < count; index = Interlocked.Increment(ref next) - 1)
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
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref users) == 0) Pool.Add(this);
        }
    }
}
