using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One update on its way through a plan. First every part is asked for all that it can say before a pass has run; then the passes run,
/// stage by stage, route by route.
/// </summary>
internal readonly unsafe ref struct Execution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal required Plan Plan { get; init; }

    internal required Workspace<T> Workspace { get; init; }

    internal required ParameterTree<T> Parameters { get; init; }

    internal required ParameterTree<T> Gradients { get; init; }

    /// <summary>Where the update lies between passes; the gradients' own memory when they are donated and nobody rewrites.</summary>
    internal required TreeStorage<T> Scratch { get; init; }

    internal required ReadOnlySpan<ParameterTree<T>> Slots { get; init; }

    internal required ReadOnlySpan<TreeStorage<T>> NewSlots { get; init; }

    internal required TreeStorage<T> Output { get; init; }

    internal required PassEnd Ending { get; init; }

    /// <summary>t, the number of the update being made.</summary>
    internal required long Step { get; init; }

    internal void Run()
    {
        MeasureShared(stage: 0, Gradients.Storage);
        foreach (Route route in Plan.Routes)
        {
            for (int pass = 0; pass < route.Passes.Length; pass++)
            {
                if (!route.Passes[pass].IsLate) Ask(route, pass, Gradients.Storage);
            }
        }

        for (int stage = 0; stage < Plan.SharedMeasures.Length; stage++)
        {
            if (stage > 0) MeasureShared(stage, Scratch);
            foreach (Route route in Plan.Routes)
            {
                for (int pass = 0; pass < route.Passes.Length; pass++)
                {
                    if (route.Passes[pass].Stage != stage) continue;
                    if (route.Passes[pass].IsLate) Ask(route, pass, Scratch);
                    Run(route, pass);
                }
            }
        }

        GC.KeepAlive(Parameters.Storage);
        GC.KeepAlive(Gradients.Storage);
        foreach (ParameterTree<T> slot in Slots) GC.KeepAlive(slot.Storage);
    }

    private void MeasureShared(int stage, TreeStorage<T> updates)
    {
        if (Plan.SharedMeasures[stage] is not { } shared) return;
        shared.Measure(
            new Measurement<T>(
                Parameters.Layout, Plan.Frozen, Plan.Runs, updates.Memory.Span, Parameters.AsSpan(), isWhole: Plan.Frozen.Length == 0,
                memo: stage == 0 ? Gradients : null, Step),
            Workspace.Measured);
    }

    /// <summary>Lets the parts of a pass measure and rewrite the update that enters it, and append their rules.</summary>
    private void Ask(Route route, int index, TreeStorage<T> updates)
    {
        Route.Pass pass = route.Passes[index];
        Span<double> measured = Workspace.Measured.AsSpan(route.FirstRun, route.Runs.Length);
        if (pass.Measures && route.Stops[pass.Start].IsInner)
        {
            route.Stops[pass.Start].Part.Measure(
                new Measurement<T>(
                    Parameters.Layout, Plan.Frozen, route.Runs, updates.Memory.Span, Parameters.AsSpan(), isWhole: false, memo: null, Step),
                measured);
        }

        if (pass.Rewrites)
        {
            route.Stops[pass.Start].Part.Rewrite(
                new Rewriting<T>(route.Leaves, Parameters.AsSpan(), updates.Memory.Span, Scratch.Memory.Span, Step));
        }

        PassEnd ending = index == route.Passes.Length - 1 ? Ending : PassEnd.Updates;
        new RulePass<T>(route, pass, ending, Step, measured, ref Workspace.Passes[route.FirstPass + index]).Bind();
    }

    private void Run(Route route, int index)
    {
        Route.Pass pass = route.Passes[index];
        bool last = index == route.Passes.Length - 1;
        if (pass.Rewrites) Scratch.ClearPadding();
        PassMemory<T> memory = new()
        {
            Parameters = Parameters.Storage.Memory.Pointer,
            Updates = (pass.IsFirst && !pass.Rewrites ? Gradients.Storage : Scratch).Memory.Pointer,
            Output = (last ? Output : Scratch).Memory.Pointer,
        };
        for (int slot = 0; slot < pass.Slots.Length; slot++)
        {
            memory.SlotsIn[slot] = (long)Slots[pass.Slots[slot]].Storage.Memory.Pointer;
            memory.SlotsOut[slot] = (long)NewSlots[pass.Slots[slot]].Memory.Pointer;
        }

        Workspace.Passes[route.FirstPass + index]!.Run(route.Chunks, Parameters.Layout.TotalLength, memory);
        if (!last) Scratch.ClearPadding();
    }
}
