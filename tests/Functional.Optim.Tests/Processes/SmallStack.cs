namespace Functional.Optim.Tests.Processes;

/// <summary>What must not recurse as deep as its input is long runs here.</summary>
internal static class SmallStack
{
    internal static void Run(Action act, int kibibytes = 512)
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(act), maxStackSize: kibibytes * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }
}
