using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>One update on its way through a plan: stage by stage, route by route, pass by pass.</summary>
internal readonly unsafe ref struct Execution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal required Plan Plan { get; init; }

    internal required ParameterTree<T> Parameters { get; init; }

    internal required ParameterTree<T> Gradients { get; init; }

    /// <summary>Where the update lies between passes; the gradients' own memory when they are donated.</summary>
    internal required TreeStorage<T> Scratch { get; init; }

    internal required ReadOnlySpan<ParameterTree<T>> Slots { get; init; }

    internal required ReadOnlySpan<TreeStorage<T>> NewSlots { get; init; }

    internal required TreeStorage<T> Output { get; init; }

    internal required PassEnd Ending { get; init; }

    /// <summary>t, the number of the update being made.</summary>
    internal required long Step { get; init; }

    internal void Run()
    {
        Span<double> measured = Measurements.Of(Plan.Runs.Length);
        for (int stage = 0; stage < Plan.SharedMeasures.Length; stage++)
        {
            if (Plan.SharedMeasures[stage] is { } shared)
            {
                shared.Measure(
                    new Measurement<T>(
                        Plan, Plan.Runs, (stage == 0 ? Gradients.Storage : Scratch).Memory.Span, Parameters.AsSpan(),
                        isWhole: Plan.Frozen.Length == 0, memo: stage == 0 ? Gradients : null, Step),
                    measured);
            }

            foreach (Route route in Plan.Routes)
            {
                Span<double> own = measured.Slice(route.FirstRun, route.Runs.Length);
                for (int pass = 0; pass < route.Passes.Length; pass++)
                {
                    if (route.Passes[pass].Stage == stage) Run(route, pass, own);
                }
            }
        }

        GC.KeepAlive(Parameters.Storage);
        GC.KeepAlive(Gradients.Storage);
        foreach (ParameterTree<T> slot in Slots) GC.KeepAlive(slot.Storage);
    }

    private void Run(Route route, int index, Span<double> measured)
    {
        Route.Pass pass = route.Passes[index];
        bool last = index == route.Passes.Length - 1;
        TreeStorage<T> source = index == 0 ? Gradients.Storage : Scratch;
        if (pass.Measures && route.Stops[pass.Start].IsInner)
        {
            route.Stops[pass.Start].Part.Measure(
                new Measurement<T>(Plan, route.Runs, source.Memory.Span, Parameters.AsSpan(), isWhole: false, memo: null, Step), measured);
        }

        if (pass.Rewrites)
        {
            route.Stops[pass.Start].Part.Rewrite(
                new Rewriting<T>(route.Leaves, Parameters.AsSpan(), source.Memory.Span, Scratch.Memory.Span, Step));
            Scratch.ClearPadding();
            source = Scratch;
        }

        PassMemory<T> memory = new()
        {
            Parameters = Parameters.Storage.Memory.Pointer,
            Updates = source.Memory.Pointer,
            Output = last ? Output.Memory.Pointer : Scratch.Memory.Pointer,
        };
        for (int slot = 0; slot < pass.Slots.Length; slot++)
        {
            memory.SlotsIn[slot] = (long)Slots[pass.Slots[slot]].Storage.Memory.Pointer;
            memory.SlotsOut[slot] = (long)NewSlots[pass.Slots[slot]].Memory.Pointer;
        }

        new RulePass<T>(route, pass, last ? Ending : PassEnd.Updates, Step, measured, memory, Plan.Layout.TotalLength).Execute();
        if (!last) Scratch.ClearPadding();
    }

    /// <summary>What is measured while a step runs, kept per thread so that a step allocates nothing.</summary>
    private static class Measurements
    {
        [ThreadStatic]
        private static double[]? measured;

        internal static Span<double> Of(int count)
        {
            if (measured is null || measured.Length < count) measured = new double[count];
            return measured.AsSpan(0, count);
        }
    }
}
