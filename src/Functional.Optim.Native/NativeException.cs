namespace Functional.Optim.Native;

/// <summary>A call cannot be done, for a reason that has a code of its own.</summary>
internal sealed class NativeException(Status status, string message) : Exception(message)
{
    internal Status Status => status;
}
