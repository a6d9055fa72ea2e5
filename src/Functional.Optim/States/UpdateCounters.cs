namespace Functional.Optim;

/// <summary>What a state counts besides its updates.</summary>
/// <param name="WithoutUpdate">Gradients taken in that made no update: gathered for one, or left out.</param>
/// <param name="Gathered">Gradients gathered since the last update (<see cref="Accumulate"/>).</param>
/// <param name="LeftOutInARow">Gradients left out since the last update or gathered gradient (<see cref="ApplyIfFinite"/>).</param>
public readonly record struct UpdateCounters(long WithoutUpdate = 0, long Gathered = 0, long LeftOutInARow = 0);
