using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.ExceptionServices;

namespace Functional.Optim.Training;

/// <summary>The hooks of a run.</summary>
internal sealed class HookList
{
    private readonly ImmutableArray<TrainHook> hooks;
    private readonly string[] names;
    private readonly HookRun[] runs;
    private readonly HookRequest[] requests;

    internal HookList(ImmutableArray<TrainHook> hooks)
    {
        this.hooks = hooks;
        (names, runs, requests) = (NamesOf(hooks), new HookRun[hooks.Length], new HookRequest[hooks.Length]);
    }

    internal bool IsEmpty => runs.Length == 0;

    /// <summary>Starts the hooks, each with what it remembered.</summary>
    internal void Start(HookStart start, ImmutableSortedDictionary<string, string> memory)
    {
        for (int index = 0; index < runs.Length; index++)
        {
            runs[index] = hooks[index].Start(start with { Memory = memory.GetValueOrDefault(names[index], "") });
            if (runs[index] is null)
                throw new InvalidOperationException($"The hook '{names[index]}' started as null; allowed is a run.");
        }
    }

    /// <summary>The first request to stop before the first step.</summary>
    internal HookRequest Begin()
    {
        foreach (HookRun run in runs)
        {
            if (run.Begin() is { Action: HookAction.Stop } request) return request;
        }

        return HookRequest.None;
    }

    /// <summary>What the hooks remember now, beside what is remembered otherwise.</summary>
    internal ImmutableSortedDictionary<string, string> Remember(ImmutableSortedDictionary<string, string> memory)
    {
        for (int index = 0; index < runs.Length; index++)
        {
            // One that could not start remembers what it did before.
            if (runs[index] is not { } run) continue;
            string text = run.Memory ?? "";
            memory = text.Length > 0 ? memory.SetItem(names[index], text) : memory.Remove(names[index]);
        }

        return memory;
    }

    internal bool Accept(long step, double loss, double norm)
    {
        bool accepted = true;
        foreach (HookRun run in runs) accepted &= run.Accepts(step, loss, norm);
        return accepted;
    }

    internal bool NeedBefore(long step)
    {
        bool needed = false;
        foreach (HookRun run in runs) needed |= run.NeedsBefore(step);
        return needed;
    }

    /// <summary>Asks the hooks after a step; returns the request that counts first.</summary>
    /// <param name="moment">The step.</param>
    /// <param name="needingBefore">
    /// Whether only those are asked that need what was before the step, or only those that do not; all by default.
    /// </param>
    internal HookRequest Ask<T>(in TrainMoment<T> moment, bool? needingBefore = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        HookRequest first = HookRequest.None;
        for (int index = 0; index < runs.Length; index++)
        {
            bool isAsked = needingBefore is not { } needing || runs[index].NeedsBefore(moment.Step) == needing;
            requests[index] = isAsked ? runs[index].After(moment) : HookRequest.None;
            if (requests[index].Action > first.Action) first = requests[index];
        }

        return first;
    }

    /// <summary>Whether a hook asked for a checkpoint after the last step.</summary>
    internal bool WantCheckpoint => Any(HookAction.Save) || Any(HookAction.Checkpoint);

    /// <summary>
    /// Gives a checkpoint to those that asked for it; first to those that asked for themselves: a checkpoint that says
    /// what they remember must not be there before what they write.
    /// </summary>
    internal void Give<T>(Checkpoint<T> checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int index = 0; index < runs.Length; index++)
        {
            if (requests[index].Action == HookAction.Checkpoint) runs[index].Save(checkpoint);
        }

        if (!Any(HookAction.Save)) return;
        for (int index = 0; index < runs.Length; index++)
        {
            if (requests[index].Action != HookAction.Checkpoint) runs[index].Save(checkpoint);
        }
    }

    internal Checkpoint<T>? LastGood<T>(Optimizer optimizer, long beforeStep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (HookRun run in runs)
        {
            if (run.LastGood<T>(optimizer, beforeStep) is { } checkpoint) return checkpoint;
        }

        return null;
    }

    /// <summary>Ends every hook, and then throws what the first of them threw that failed.</summary>
    internal void End<T>(Checkpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ExceptionDispatchInfo? failure = null;
        foreach (HookRun? run in runs)
        {
            try
            {
                run?.End(checkpoint);
            }
            catch (Exception exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failure?.Throw();
    }

    /// <summary>The names in a checkpoint: each another one, and none that of something else.</summary>
    private static string[] NamesOf(ImmutableArray<TrainHook> hooks)
    {
        string[] names = new string[hooks.Length];
        for (int index = 0; index < names.Length; index++)
        {
            string name = $"hook.{hooks[index].Name}";
            names[index] = name;
            for (int same = 2; names.AsSpan(0, index).Contains(names[index]); same++)
                names[index] = string.Create(CultureInfo.InvariantCulture, $"{name} {same}");
        }

        return names;
    }

    private bool Any(HookAction action)
    {
        foreach (HookRequest request in requests)
        {
            if (request.Action == action) return true;
        }

        return false;
    }
}
