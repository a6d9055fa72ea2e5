using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The newest good checkpoint of a folder.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Path">The path of its file.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Refused">Why newer ones were refused, one line for each.</param>
public sealed record FoundCheckpoint<T>(string Path, Checkpoint<T> Checkpoint, ImmutableArray<string> Refused)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
