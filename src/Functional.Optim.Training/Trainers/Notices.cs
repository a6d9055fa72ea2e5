using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>What a run has to tell, such as a checkpoint that could not be written; the newest ones.</summary>
internal sealed class Notices(Action<string>? notify)
{
    private const int Max = 1000;

    private readonly Queue<string> lines = [];

    internal void Add(string line)
    {
        if (lines.Count == Max) lines.Dequeue();
        lines.Enqueue(line);
        notify?.Invoke(line);
    }

    internal ImmutableArray<string> ToImmutable() => [.. lines];
}
