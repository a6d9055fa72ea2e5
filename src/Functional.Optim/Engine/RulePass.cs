using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A fused pass while it is put together: each transform appends its rule for each segment of leaves. Nothing is written before
/// the rules of every pass stand.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public ref struct RulePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StepRun<T> run = null!;
    private readonly FusedPass pass = null!;
    private readonly SpanStep<T> spans;
    private int index;
    private int segment;
    private int row;
    private int finished;
    private int slots;
    private Type? rule;

    /// <summary>A pass over spans: the scaling of an <see cref="ElementwiseOptimizer"/> alone.</summary>
    internal RulePass(in SpanStep<T> spans) => this.spans = spans;

    internal RulePass(StepRun<T> run, FusedPass pass)
    {
        this.run = run;
        this.pass = pass;
        index = pass.Start;
    }

    /// <summary>The number of the update being made, from 1: schedules go by it.</summary>
    public readonly long Step => IsOverSpans ? spans.Step : run.Step;

    /// <summary>
    /// t, the number of updates that the slots of the current transform have had, this one included: <see cref="Step"/>, unless the
    /// leaf joined later. Bias correction goes by it.
    /// </summary>
    public readonly long SlotStep =>
        IsOverSpans ? spans.Step : run.Step - pass.Class.Segments[segment].Starts[index];

    /// <summary>What the transform measured for the current range (<see cref="Transform.Measure"/>).</summary>
    public readonly double Measured => run.MeasuredBy(pass)[segment];

    /// <summary>What of the current transform depends on the leaf (<see cref="Transform.PerLeafFactor"/>), for the current range.</summary>
    public readonly double Factor => pass.Class.Segments[segment].Factors[index];

    /// <summary>The scalars of the current transform, after this step.</summary>
    public readonly ReadOnlySpan<double> Scalars
    {
        get
        {
            PlacedTransform placed = pass.Class.Transforms[index];
            return run.Scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length);
        }
    }

    private readonly bool IsOverSpans => spans.Step > 0;

    /// <summary>Continues with a rule added.</summary>
    /// <typeparam name="TFirst">The rules so far.</typeparam>
    /// <typeparam name="TSecond">The rule of the current transform.</typeparam>
    public void Add<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        if (IsOverSpans)
        {
            spans.Run(new Then<T, TFirst, TSecond>(first, second));
            return;
        }

        index++;
        if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff)
        {
            Continue(new Then<T, TFirst, TSecond>(first, second));
        }
        else
        {
            AddRow(second);
            ContinueInTurn();
        }
    }

    /// <summary>Whether the current transform is the last of a step, and may append by <see cref="AddParameter"/>.</summary>
    internal readonly bool EndsStep => pass.IsLast && run.OutputKind == PassOutput.Parameters && index == pass.End - 1;

    /// <summary>Ends the step with a rule that passes on the new parameter itself.</summary>
    internal void AddParameter<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        index++;
        if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff)
        {
            Finish(new Then<T, TFirst, TSecond>(first, second));
        }
        else
        {
            AddRow(second);
            FinishInTurn();
        }
    }

    internal void Bind()
    {
        for (segment = 0; segment < pass.Class.Segments.Length; segment++)
        {
            if (IsAsBefore())
            {
                finished++;
                continue;
            }

            index = pass.Start;
            if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff)
            {
                Continue(default(IdentityRule<T>));
            }
            else
            {
                (row, slots) = (0, 0);
                ContinueInTurn();
            }

            if (finished != segment + 1) throw Error("appended no rule; each part appends one");
            ref SegmentPlace place = ref run.Kept(pass)!.Places[segment];
            place = place with { Rule = segment };
        }
    }

    /// <summary>Whether a segment before the current one has the same rule; the current one then shares it.</summary>
    private readonly bool IsAsBefore()
    {
        int before = pass.Class.Places[segment].Rule;
        ReadOnlySpan<double> measured = run.MeasuredBy(pass);
        if (before == segment || (!measured.IsEmpty && !measured[segment].Equals(measured[before]))) return false;
        ref SegmentPlace place = ref run.Kept(pass)!.Places[segment];
        place = place with { Rule = before };
        return true;
    }

    private void Continue<TRule>(in TRule chain)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (index < pass.End) pass.Class.Transforms[index].Transform.AddRule(chain, ref this);
        else if (!pass.IsLast) Finish(chain);
        else if (run.OutputKind == PassOutput.Parameters) Finish(new Then<T, TRule, ApplyRule<T>>(chain, default));
        else Finish(new Then<T, TRule, DeltaRule<T>>(chain, default));
    }

    private void Finish<TRule>(in TRule chain)
        where TRule : unmanaged, IUpdateRule<T>
    {
        Check(typeof(TRule), TRule.SlotCount);
        if (run.Kept(pass) is not FusedRules<T, TRule> bound) run.Keep(pass, bound = new FusedRules<T, TRule>(pass.Class));
        bound.Rules[segment] = chain;
    }

    /// <summary>The next transform appends after nothing, so that no type of a chain is ever made.</summary>
    private void ContinueInTurn()
    {
        if (index < pass.End)
        {
            pass.Class.Transforms[index].Transform.AddRule(default(IdentityRule<T>), ref this);
            return;
        }

        if (pass.IsLast && run.OutputKind == PassOutput.Parameters) AddRow(default(ApplyRule<T>));
        else if (pass.IsLast) AddRow(default(DeltaRule<T>));
        else if (row == 0) AddRow(default(IdentityRule<T>));
        FinishInTurn();
    }

    private void FinishInTurn()
    {
        Check(rule ?? typeof(T), slots);
        ((RulesInTurn<T>)run.Kept(pass)!).Count = row;
    }

    private void AddRow<TRule>(in TRule next)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (run.Kept(pass) is not RulesInTurn<T> bound) run.Keep(pass, bound = new RulesInTurn<T>(pass.Class));
        if (bound.Row<TRule>(row, segment) is not { } own) throw DifferentTypes();
        own[segment] = next;
        slots += TRule.SlotCount;
        row++;
    }

    private void Check(Type type, int slotCount)
    {
        rule ??= type;
        if (rule != type) throw DifferentTypes();
        if (finished++ != segment) throw Error("appended more than one rule; each part appends one");
        if (slotCount != pass.Slots.Length)
            throw Error($"have {pass.Slots.Length} slot names, and rules of {slotCount} slots; each slot has a name");
    }

    private readonly InvalidOperationException DifferentTypes() =>
        Error("appended rules of different types for different leaves; what differs are the constants of one");

    private readonly InvalidOperationException Error(string what) =>
        new($"{string.Join(" then ", pass.Class.Transforms[pass.Start..pass.End].Select(placed => placed.Transform))} {what}.");
}
