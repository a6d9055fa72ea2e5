using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One pass over memory while it is put together: each part appends its rule for each run of leaves, and when the rules of all
/// runs stand, the driver can run them as one loop.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public ref struct RulePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Route route;
    private readonly Route.Pass pass;
    private readonly PassEnd ending;
    private readonly ReadOnlySpan<double> measured;
    private readonly ref BoundPass<T>? bound;
    private int stop;
    private int run;
    private int finished;
    private Type? rule;

    /// <param name="route">The route.</param>
    /// <param name="pass">The pass of it.</param>
    /// <param name="ending">What the pass writes.</param>
    /// <param name="step">t.</param>
    /// <param name="measured">What was measured in each run.</param>
    /// <param name="bound">Where the rules are put: in what is there, where they have the types of the last time.</param>
    internal RulePass(
        Route route, Route.Pass pass, PassEnd ending, long step, ReadOnlySpan<double> measured, ref BoundPass<T>? bound)
    {
        this.route = route;
        this.pass = pass;
        this.ending = ending;
        this.measured = measured;
        this.bound = ref bound;
        Step = step;
    }

    /// <summary>t, the number of the update being made, from 1.</summary>
    public long Step { get; }

    /// <summary>What the part measured for the current range (<see cref="Transform.Measure"/>).</summary>
    public readonly double Measured => measured[run];

    /// <summary>What of the current part depends on the leaf (<see cref="Transform.FactorOf"/>), for the current range.</summary>
    public readonly double Factor => route.Runs[run].Factors[stop];

    /// <summary>Whether the current part is the last of a step, and may append by <see cref="ThenParameter"/>.</summary>
    internal readonly bool EndsStep => ending == PassEnd.Parameters && stop == pass.End - 1;

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

    /// <summary>Ends the step with a rule that hands on the new parameter itself, in place of an update to subtract.</summary>
    internal void ThenParameter<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        stop++;
        Finish(new Then<T, TFirst, TSecond>(first, second));
    }

    /// <summary>Asks the parts for the rules of all runs.</summary>
    internal void Bind()
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
        if (bound is not BoundPass<T, TRule> rules) bound = rules = new BoundPass<T, TRule>(route.Runs.Length);
        rules.Rules[run] = last;
    }

    private readonly InvalidOperationException Fault(string what) =>
        new($"{string.Join(" then ", route.Stops[pass.Start..pass.End].Select(stop => stop.Part))} {what}.");
}
