using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A fused pass under construction: each transform adds its rule, for each segment of leaves. The rules of all passes
/// are complete before anything is written.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public ref struct RulePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StepRun<T> run = null!;
    private readonly FusedPass pass = null!;
    private readonly unsafe void* spans;
    private int index;
    private int segment;
    private int finished;
    private Type? rule;

    /// <summary>A pass over spans: the scaling of an <see cref="ElementwiseOptimizer"/> alone.</summary>
    /// <param name="spans">The update; a variable that is not moved, and lives longer than the pass.</param>
    internal unsafe RulePass(in SpanStep<T> spans) =>
        this.spans = Unsafe.AsPointer(ref Unsafe.AsRef(in spans));

    internal RulePass(StepRun<T> run, FusedPass pass)
    {
        this.run = run;
        this.pass = pass;
        index = pass.Start;
    }

    /// <summary>t, the number of this update, from 1; schedules use it.</summary>
    public readonly long Step => IsOverSpans ? Spans.Step : run.Step;

    /// <summary>
    /// The number of updates of the current transform's slots, this one included. It equals <see cref="Step"/> unless
    /// the leaf was added later. Bias correction uses it.
    /// </summary>
    public readonly long SlotStep =>
        IsOverSpans ? Spans.Step : run.Step - pass.Class.Segments[segment].Starts[index];

    /// <summary>
    /// The result that the transform measured for the current range (<see cref="Transform.Measure"/>).
    /// </summary>
    public readonly double Measured => run.MeasuredBy(pass, index)[segment];

    /// <summary>
    /// The factor of the current transform for the current range (<see cref="Transform.PerLeafFactor"/>).
    /// </summary>
    public readonly double Factor => pass.Class.Segments[segment].Factors[index];

    /// <summary>The factor of the transform before the current one, for the current range; 1 of the first.</summary>
    internal readonly double FactorBefore => index == 0 ? 1 : pass.Class.Segments[segment].Factors[index - 1];

    /// <summary>The scalars of the current transform, after this step.</summary>
    public readonly ReadOnlySpan<double> Scalars
    {
        get
        {
            PlacedTransform placed = pass.Class.Transforms[index];
            return run.Scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length);
        }
    }

    private readonly unsafe bool IsOverSpans => spans is not null;

    private readonly unsafe ref readonly SpanStep<T> Spans => ref Unsafe.AsRef<SpanStep<T>>(spans);

    /// <summary>Adds the rule of the current transform, and continues with the next transform.</summary>
    /// <typeparam name="TFirst">The type of the rules so far.</typeparam>
    /// <typeparam name="TSecond">The type of the added rule.</typeparam>
    /// <param name="first">The rules so far.</param>
    /// <param name="second">The rule of the current transform.</param>
    public void Add<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        if (IsOverSpans)
        {
            if (typeof(TFirst) == typeof(IdentityRule<T>)) Spans.Run(second);
            else Spans.Run(new Then<T, TFirst, TSecond>(first, second));
            return;
        }

        index++;
        if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff)
        {
            Continue(new Then<T, TFirst, TSecond>(first, second));
        }
        else
        {
            AddInTurn(second);
            ContinueInTurn();
        }
    }

    /// <summary>
    /// Whether the current transform is the last of the step, so that its rule may return the new parameter.
    /// </summary>
    internal readonly bool EndsStep => pass.IsLast && run.OutputKind == PassOutput.Parameters && index == pass.End - 1;

    /// <summary>
    /// Adds the rule of the current transform, which returns the new parameter instead of an update where it
    /// <see cref="EndsStep"/>.
    /// </summary>
    internal void AddLanding<TFirst, TSecond>(in TFirst first, in TSecond second)
        where TFirst : unmanaged, IUpdateRule<T>
        where TSecond : unmanaged, IUpdateRule<T>
    {
        if (!EndsStep)
        {
            Add(first, second);
            return;
        }

        index++;
        if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff)
        {
            Finish(new Then<T, TFirst, TSecond>(first, second));
        }
        else
        {
            AddInTurn(second);
            FinishInTurn();
        }
    }

    internal void Bind()
    {
        for (segment = 0; segment < pass.Class.Segments.Length; segment++)
        {
            if (TryShareRule())
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
                if (run.BoundPassOf(pass) is not RulesInTurn<T> bound)
                    run.SetBoundPass(pass, bound = new RulesInTurn<T>(pass));
                bound.Start(segment);
                ContinueInTurn();
            }

            if (finished != segment + 1) throw Error("no rule was added; each transform must add one");
            UseRule(segment);
        }
    }

    /// <summary>Shares the rule of an earlier segment with the same constants; false when there is none.</summary>
    private readonly bool TryShareRule()
    {
        int before = pass.Class.Indices[segment].Rule;
        if (before == segment) return false;
        for (int transform = pass.Start; transform < pass.End; transform++)
        {
            ReadOnlySpan<double> measured = run.MeasuredBy(pass, transform);
            if (!measured.IsEmpty && !measured[segment].Equals(measured[before])) return false;
        }

        UseRule(before);
        return true;
    }

    private readonly void UseRule(int rule)
    {
        ref SegmentIndices indices = ref run.BoundPassOf(pass)!.Indices[segment];
        indices = indices with { Rule = rule };
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
        if (run.BoundPassOf(pass) is not FusedRules<T, TRule> bound)
            run.SetBoundPass(pass, bound = new FusedRules<T, TRule>(pass));
        bound.Rules[segment] = chain;
    }

    /// <summary>The next transform adds its rule to the identity, so that no type of a chain is ever created.</summary>
    private void ContinueInTurn()
    {
        if (index < pass.End)
        {
            pass.Class.Transforms[index].Transform.AddRule(default(IdentityRule<T>), ref this);
            return;
        }

        if (pass.IsLast && run.OutputKind == PassOutput.Parameters) AddInTurn(default(ApplyRule<T>));
        else if (pass.IsLast) AddInTurn(default(DeltaRule<T>));
        FinishInTurn();
    }

    private void FinishInTurn()
    {
        RulesInTurn<T> bound = (RulesInTurn<T>)run.BoundPassOf(pass)!;
        if (!bound.TryEnd()) throw DifferentTypes();
        Check(typeof(RulesInTurn<T>), bound.SlotCount);
    }

    private readonly void AddInTurn<TRule>(in TRule next)
        where TRule : unmanaged, IUpdateRule<T>
    {
        if (!((RulesInTurn<T>)run.BoundPassOf(pass)!).TryAdd(next)) throw DifferentTypes();
    }

    private void Check(Type type, int slotCount)
    {
        rule ??= type;
        if (rule != type) throw DifferentTypes();
        if (finished++ != segment) throw Error("more than one rule was added; each transform must add one");
        if (slotCount != pass.Slots.Length)
            throw Error(
                $"the rules have {slotCount} slots, and there are {pass.Slots.Length} slot names; each slot needs one");
    }

    private readonly InvalidOperationException DifferentTypes() =>
        Error("rules of different types were added for different leaves; only the constants of a rule may differ");

    private readonly InvalidOperationException Error(string what)
    {
        PlacedTransform[] transforms = pass.Class.Transforms[pass.Start..pass.End];
        return new($"{string.Join(" then ", transforms.Select(placed => placed.Transform))}: {what}.");
    }
}
