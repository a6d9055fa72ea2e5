namespace Functional.Optim.Kernels;

/// <summary>
/// Threads of the pool that take a part of the work of another one. It can do all of it alone, so nothing depends on
/// whether they come: a system may refuse a new thread (limits of memory or of processes).
/// </summary>
internal static class HelperThreads
{
    private static bool refused;

    /// <summary>
    /// Whether the system refused a thread, and none has come since. Work that is queued then may never run.
    /// </summary>
    internal static bool AreRefused => Volatile.Read(ref refused);

    /// <summary>Asks for a thread. The item stays in the queue of the pool even where the system refuses one.</summary>
    internal static void Ask(IThreadPoolWorkItem item)
    {
        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            // The pool adds the item before it starts a thread.
            Volatile.Write(ref refused, true);
        }
    }

    /// <summary>Each item says so when a thread has come to it.</summary>
    internal static void Came()
    {
        if (AreRefused) Volatile.Write(ref refused, false);
    }
}
