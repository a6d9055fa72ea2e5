using System.Collections.Immutable;
using System.Text.Json;

namespace Functional.Optim.Tests.Cases;

/// <summary>The trajectories of torch in <c>Golden/optim_FILE.f32.json</c> and <c>.f64.json</c>.</summary>
/// <param name="File">The part of the names of the files that tells the optimizer.</param>
/// <param name="Build">The optimizer, from torch's keyword arguments.</param>
internal sealed record TorchGolden(string File, Func<JsonElement, Optimizer> Build)
{
    /// <summary>Torch's names of the trees of its state, and the slots that hold them.</summary>
    public ImmutableArray<(string Source, string Slot)> Slots { get; init; } = [];

    /// <summary>
    /// Torch's names of the numbers of its state, but for its step, and those numbers by the formulas of this library,
    /// from the optimizer and the step; <see langword="null"/> where only the trajectory tells.
    /// </summary>
    public ImmutableArray<(string Source, Func<Optimizer, long, double?> Number)> Numbers { get; init; } = [];

    /// <summary>
    /// By which part of the distance from 1 to the next number each step of torch is off, where it rounds once more.
    /// </summary>
    public double ExtraRounding { get; init; }

    /// <summary>
    /// How far θ may be off in float64 where torch keeps numbers of its state in float32, relative to θ. The exact
    /// trajectories are then in <c>optim_FILE_purefloat64.f64.json</c>.
    /// </summary>
    public double? EffectOfFloat { get; init; }
}
