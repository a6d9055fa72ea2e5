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
    private readonly Plan plan;
    private readonly int end;
    private readonly PassEnd ending;
    private readonly PassMemory<T> memory;
    private int part;

    internal RulePass(Plan plan, int start, int end, PassEnd ending, long step, double norm, PassMemory<T> memory)
    {
        this.plan = plan;
        this.end = end;
        this.ending = ending;
        this.memory = memory;
        First = start;
        Step = step;
        Norm = norm;
    }

    /// <summary>t, the number of the update being made, from 1.</summary>
    public long Step { get; }

    /// <summary>The global norm of the update that enters this pass, for a part that asked for it.</summary>
    public double Norm { get; }

    /// <summary>What of the current part depends on the leaf (<see cref="Transform.FactorOf"/>), for the current run of leaves.</summary>
    public readonly double Factor => plan.Runs[Run].Factors[part];

    private int First { get; }

    private int Run { get; set; }

    /// <summary>Goes on with a rule appended.</summary>
    /// <typeparam name="TFirst">The rules so far.</typeparam>
    /// <typeparam name="TSecond">The rule of the current part.</typeparam>
    public void Then<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        part++;
        Continue(new Then<T, TFirst, TSecond>(first, second));
    }

    internal void Execute()
    {
        for (Run = 0; Run < plan.Runs.Length; Run++)
        {
            part = First;
            Continue(default(IdentityRule<T>));
        }
    }

    private void Continue<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (part < end)
        {
            plan.Parts[part].Append(rule, ref this);
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

    private readonly void Finish<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        TRule[] rules = RulesOfRuns<TRule>.Of(plan.Runs.Length);
        rules[Run] = rule;
        if (Run < plan.Runs.Length - 1) return;
        fixed (TRule* first = rules)
        fixed (Chunk* chunks = plan.Chunks)
        {
            Elementwise.RunBlocks(first, chunks, plan.Chunks.Length, plan.Layout.TotalLength, memory);
        }
    }

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
