using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Optim.Native.Tests;

/// <summary>The exported functions, called as C calls them: by their addresses, with pointers.</summary>
internal static unsafe class NativeCalls
{
    internal static ulong Create(string text)
    {
        ulong made;
        NativeError error;
        delegate* unmanaged<byte*, ulong*, NativeError*, Status> create = &Exports.Create;
        fixed (byte* bytes = Bytes(text)) Check(create(bytes, &made, &error), error);
        return made;
    }

    internal static Status Create(byte[]? text, out string message)
    {
        ulong made;
        NativeError error;
        delegate* unmanaged<byte*, ulong*, NativeError*, Status> create = &Exports.Create;
        fixed (byte* bytes = text)
        {
            Status status = create(bytes, &made, &error);
            message = TextOf(error);
            return status;
        }
    }

    internal static void Bind<T>(ulong optimizer, params NativeArray<T>[] arrays)
        where T : unmanaged
    {
        NativeError error;
        Check(Bind(optimizer, arrays, &error), error);
    }

    internal static (Status Status, string Message) TryBind<T>(ulong optimizer, params NativeArray<T>[] arrays)
        where T : unmanaged
    {
        NativeError error;
        return (Bind(optimizer, arrays, &error), TextOf(error));
    }

    internal static void Step(ulong optimizer)
    {
        NativeError error;
        delegate* unmanaged<ulong, NativeError*, Status> step = &Exports.Step;
        Check(step(optimizer, &error), error);
    }

    internal static long Steps(ulong optimizer)
    {
        long steps;
        NativeError error;
        delegate* unmanaged<ulong, long*, NativeError*, Status> count = &Exports.Steps;
        Check(count(optimizer, &steps, &error), error);
        return steps;
    }

    internal static double LearningRate(ulong optimizer, long step)
    {
        double rate;
        NativeError error;
        delegate* unmanaged<ulong, long, double*, NativeError*, Status> of = &Exports.LearningRate;
        Check(of(optimizer, step, &rate, &error), error);
        return rate;
    }

    internal static string Text(ulong optimizer)
    {
        long length;
        NativeError error;
        delegate* unmanaged<ulong, byte*, long, long*, NativeError*, Status> text = &Exports.Text;
        Check(text(optimizer, null, 0, &length, &error), error);
        byte[] buffer = new byte[length + 1];
        fixed (byte* bytes = buffer) Check(text(optimizer, bytes, buffer.Length, &length, &error), error);
        Assert.Equal(0, buffer[^1]);
        return Encoding.UTF8.GetString(buffer.AsSpan(..^1));
    }

    internal static void Evaluate<T>(ulong optimizer, params NativeArray<T>[] outputs)
        where T : unmanaged
    {
        NativeError error;
        delegate* unmanaged<ulong, nint*, long, NativeError*, Status> evaluate = &Exports.Evaluate;
        nint[] addresses = [.. outputs.Select(output => (nint)output.Parameters)];
        fixed (nint* address = addresses) Check(evaluate(optimizer, address, addresses.Length, &error), error);
    }

    internal static void Save(ulong optimizer, string path)
    {
        NativeError error;
        delegate* unmanaged<ulong, byte*, NativeError*, Status> save = &Exports.Save;
        fixed (byte* bytes = Bytes(path)) Check(save(optimizer, bytes, &error), error);
    }

    internal static void Load(ulong optimizer, string path)
    {
        NativeError error;
        delegate* unmanaged<ulong, byte*, NativeError*, Status> load = &Exports.Load;
        fixed (byte* bytes = Bytes(path)) Check(load(optimizer, bytes, &error), error);
    }

    internal static void Free(ulong optimizer)
    {
        NativeError error;
        delegate* unmanaged<ulong, NativeError*, Status> free = &Exports.Free;
        Check(free(optimizer, &error), error);
    }

    private static Status Bind<T>(ulong optimizer, NativeArray<T>[] arrays, NativeError* error)
        where T : unmanaged
    {
        delegate* unmanaged<ulong, int, NativeLeaf*, long, NativeError*, Status> bind = &Exports.Bind;
        NativeLeaf[] leaves = [.. arrays.Select(array => array.Leaf)];
        fixed (NativeLeaf* first = leaves)
            return bind(optimizer, typeof(T) == typeof(float) ? 32 : 64, first, leaves.Length, error);
    }

    private static void Check(Status status, in NativeError error)
    {
        Assert.Equal((Status.Ok, ""), (status, TextOf(error)));
        Assert.Equal(status, error.Code);
    }

    private static string TextOf(in NativeError error)
    {
        fixed (byte* text = error.Text) return Marshal.PtrToStringUTF8((nint)text)!;
    }

    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
