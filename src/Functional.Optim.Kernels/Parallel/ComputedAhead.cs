using System.Diagnostics.CodeAnalysis;

namespace Functional.Optim.Kernels;

/// <summary>
/// A value that a helper thread computes while the thread that needs it does something else. Where no helper comes,
/// the one that needs it computes it.
/// </summary>
internal sealed class ComputedAhead<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>
    : IThreadPoolWorkItem, IDisposable
{
    private readonly Lazy<T> value;
    private volatile bool isDisposed;

    internal ComputedAhead(Func<T> compute)
    {
        value = new(() => isDisposed ? throw new ObjectDisposedException(nameof(ComputedAhead<>)) : compute());
        if (Threads.Limit > 1 && !HelperThreads.AreRefused) HelperThreads.Ask(this);
    }

    /// <summary>The value; an exception of its computation is thrown here.</summary>
    internal T Value => value.Value;

    void IThreadPoolWorkItem.Execute()
    {
        HelperThreads.Came();
        Complete();
    }

    /// <summary>Waits for a computation that runs. After it none begins.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Complete();
    }

    private void Complete()
    {
        try
        {
            _ = Value;
        }
        catch (Exception)
        {
            // The value keeps it, and throws it to the one that asks.
        }
    }
}
