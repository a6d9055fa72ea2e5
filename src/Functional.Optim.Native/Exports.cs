using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Native;

/// <summary>The functions of the header: no exception leaves them, and the handles are all they have in common.</summary>
[SuppressMessage("Design", "CA1031", Justification = "An exception that left would end the process of the caller.")]
internal static unsafe class Exports
{
    private static readonly HandleTable<NativeOptimizer> Handles = new();

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_create")]
    internal static Status Create(byte* text, ulong* optimizer, NativeError* error)
    {
        try
        {
            if (optimizer == null) throw IsNull("Where to put the optimizer");
            *optimizer = 0;
            *optimizer = Handles.Add(NativeOptimizer.Of(NativeText.Read(text, "The text of the optimizer")));
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_free")]
    internal static Status Free(ulong optimizer, NativeError* error)
    {
        try
        {
            Handles.Remove(optimizer).Free();
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_text")]
    internal static Status Text(ulong optimizer, byte* buffer, long size, long* length, NativeError* error)
    {
        try
        {
            if (length == null) throw IsNull("Where to put the length of the text");
            NativeText.Write(Handles.Get(optimizer).Text, buffer, size, length);
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_bind")]
    internal static Status Bind(ulong optimizer, int type, NativeLeaf* leaves, long count, NativeError* error)
    {
        try
        {
            Handles.Get(optimizer).Bind(type, Items(leaves, count, "leaves", $"1 to {int.MaxValue}"));
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_step")]
    internal static Status Step(ulong optimizer, NativeError* error)
    {
        try
        {
            Handles.Get(optimizer).Step();
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_steps")]
    internal static Status Steps(ulong optimizer, long* steps, NativeError* error)
    {
        try
        {
            if (steps == null) throw IsNull("Where to put the number of steps");
            *steps = Handles.Get(optimizer).Steps();
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_learning_rate")]
    internal static Status LearningRate(ulong optimizer, long step, double* rate, NativeError* error)
    {
        try
        {
            if (rate == null) throw IsNull("Where to put the learning rate");
            *rate = Handles.Get(optimizer).LearningRateAt(step);
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_evaluate")]
    internal static Status Evaluate(ulong optimizer, nint* outputs, long count, NativeError* error)
    {
        try
        {
            Handles.Get(optimizer).Evaluate(Items(outputs, count, "outputs", "that of the leaves"));
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_save")]
    internal static Status Save(ulong optimizer, byte* path, NativeError* error)
    {
        try
        {
            Handles.Get(optimizer).Save(NativeText.Read(path, "The path"));
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_load")]
    internal static Status Load(ulong optimizer, byte* path, NativeError* error)
    {
        try
        {
            Handles.Get(optimizer).Load(NativeText.Read(path, "The path"));
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_fo_threads")]
    internal static Status Threads(int threads, NativeError* error)
    {
        try
        {
            if (threads is < 1 or > Kernels.Threads.MaxLimit)
                throw new NativeException(
                    Status.Invalid,
                    $"The number of threads is {threads}; allowed is 1 to {Kernels.Threads.MaxLimit}.");
            Kernels.Threads.Limit = threads;
            return NativeError.Ok(error);
        }
        catch (Exception exception)
        {
            return NativeError.Of(error, exception);
        }
    }

    private static ReadOnlySpan<T> Items<T>(T* first, long count, string what, string allowed)
        where T : unmanaged
    {
        if (count is < 1 or > int.MaxValue)
            throw new NativeException(Status.Invalid, $"The number of {what} is {count}; allowed is {allowed}.");
        if (first == null) throw IsNull($"The address of the {what}");
        return new(first, (int)count);
    }

    private static NativeException IsNull(string what) => new(Status.Invalid, $"{what} is NULL.");
}
