namespace Functional.Optim;

/// <summary>What a state counts besides its updates.</summary>
/// <param name="SkippedUpdates">Gradients taken in that made no update: gathered for one, or left out.</param>
/// <param name="Accumulated">Gradients gathered since the last update (<see cref="Accumulate"/>).</param>
/// <param name="ConsecutiveSkips">Gradients left out since the last update or gathered gradient
/// (<see cref="ApplyIfFinite"/>).</param>
public readonly record struct UpdateCounters(long SkippedUpdates = 0, long Accumulated = 0, long ConsecutiveSkips = 0);
