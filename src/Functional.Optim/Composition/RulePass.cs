using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One pass over memory while it is put together: each part appends its rule for each run of leaves, and when the rules of all
/// runs stand, the driver runs them as one loop.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public unsafe ref struct RulePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Route route;
    private readonly Route.Pass pass;
    private readonly PassEnd ending;
    private readonly ReadOnlySpan<double> measured;
    private readonly PassMemory<T> memory;
    private readonly int length;
    private int stop;
    private int run;
    private int finished;
    private Type? rule;

    internal RulePass(
        Route route, Route.Pass pass, PassEnd ending, long step, ReadOnlySpan<double> measured, PassMemory<T> memory, int length)
    {
        this.route = route;
        this.pass = pass;
        this.ending = ending;
        this.measured = measured;
        this.memory = memory;
        this.length = length;
        Step = step;
    }

    /// <summary>t, the number of the update being made, from 1.</summary>
    public long Step { get; }

    /// <summary>What the part measured for the current range (<see cref="Transform.Measure"/>).</summary>
    public readonly double Measured => measured[run];

    /// <summary>What of the current part depends on the leaf (<see cref="Transform.FactorOf"/>), for the current range.</summary>
    public readonly double Factor => route.Runs[run].Factors[stop];

    /// <summary>Goes on with a rule appended.</summary>
    /// <typeparam name="TFirst">The rules so far.</typeparam>
    /// <typeparam name="TSecond">The rule of the current part.</typeparam>
    public void Then<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        stop++;
        Continue(new Then<T, TFirst, TSecond>(first, second));
    }

    internal void Execute()
    {
        for (run = 0; run < route.Runs.Length; run++)
        {
            stop = pass.Start;
            Continue(default(IdentityRule<T>));
            if (finished != run + 1) throw Fault("appended no rule; each part appends one");
        }
    }

    private void Continue<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (stop < pass.End)
        {
            route.Stops[stop].Part.Append(rule, ref this);
        }
        else if (ending == PassEnd.Parameters)
        {
            Finish(new Then<T, TRule, ApplyRule<T>>(rule, default));
        }
        else if (ending == PassEnd.Deltas)
        {
            Finish(new Then<T, TRule, DeltaRule<T>>(rule, default));
        }
        else
        {
            Finish(rule);
        }
    }

    private void Finish<TRule>(in TRule last)
        where TRule : unmanaged, IUpdateRule<T>
    {
        rule ??= typeof(TRule);
        if (rule != typeof(TRule)) throw Fault("appended rules of different types for different leaves; what differs are the constants of one");
        if (finished++ != run) throw Fault("appended more than one rule; each part appends one");
        if (TRule.SlotCount != pass.Slots.Length)
            throw Fault($"have {pass.Slots.Length} slot names, and rules of {TRule.SlotCount} slots; each slot has a name");
        TRule[] rules = RulesOfRuns<TRule>.Of(route.Runs.Length);
        rules[run] = last;
        if (run < route.Runs.Length - 1) return;
        fixed (TRule* first = rules)
        fixed (Chunk* chunks = route.Chunks)
        {
            Elementwise.RunBlocks(first, chunks, route.Chunks.Length, length, memory);
        }
    }

    private readonly InvalidOperationException Fault(string what) =>
        new($"{string.Join(" then ", route.Stops[pass.Start..pass.End].Select(stop => stop.Part))} {what}.");

    /// <summary>The rules of the runs while they are gathered, kept per thread so that a step allocates nothing.</summary>
    private static class RulesOfRuns<TRule>
    {
        [ThreadStatic]
        private static TRule[]? rules;

        internal static TRule[] Of(int count)
        {
            if (rules is null || rules.Length < count) rules = new TRule[count];
            return rules;
        }
    }
}
