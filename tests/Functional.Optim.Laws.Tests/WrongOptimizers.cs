using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

/// <summary>Optimizers that are each wrong in one way, by the law that finds it out.</summary>
internal static class WrongOptimizers
{
    private static readonly Optimizer Rate = LearningRate.Of(0.1);

    internal static readonly (string Law, Optimizer Optimizer)[] All =
    [
        ("Purity", new ClearsTheGradient().Then(Rate)),
        ("Donation", new ForgetsWhatIsDonated(Rate)),
        ("Lanes", new CountsTheLane().Then(Rate)),
        ("Threads", new CountsTheThreads().Then(Rate)),
        ("Shards", new GoesByTheLength().Then(Rate)),
        ("Resume", new RemembersBesideItsState().Then(Rate)),
        ("Descent", new GoesUp().Then(Rate)),
        ("Composition", Scale.By(2).Then(new LooksAtThePartBefore()).Then(Rate)),
        ("Split", new GoesByThePlace().Then(Rate)),
        ("Locality", new HasASignForEverything().Then(Rate)),
        ("ZeroRate", new Descent(multiplier => Math.Max(multiplier, 0.25))),
        ("RateMultiplier", new Descent(multiplier => multiplier * multiplier)),
        ("FrozenLeaves", new Thaws()),
        ("DecoupledDecay", new DecaysTwice().Then(Rate)),
        ("LastStep", new CountsInInt().Then(Rate)),
        ("FailedStep", new ChangesWhatItRefuses().Then(Rate)),
        ("NestedStep", new RemembersBesideItsRule().Then(Rate)),
        ("StateOwner", new CallsItselfAdam().Then(Rate)),
    ];

    /// <summary>Those that break the laws of memory.</summary>
    internal static readonly (string Law, Optimizer Optimizer)[] OfMemory =
    [
        ("Allocation", new AllocatesInEveryStep().Then(Rate)),
        ("Collection", new HoldsItsLeaves().Then(Rate)),
        ("Collection", new HoldsItself()),
    ];

    /// <summary>Works with the gradient it was given as with memory of its own.</summary>
    private sealed record ClearsTheGradient : Transform
    {
        protected override bool TransformsLeaves => true;

        protected override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            ReadOnlySpan<T> before = leaf.Input;
            before.CopyTo(leaf.Output);
            if (!before.Overlaps(leaf.Output))
                MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(before), before.Length).Clear();
        }
    }

    /// <summary>Turns the update, and does not say so.</summary>
    internal sealed record GoesUp : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.NegativeOne));
    }

    /// <summary>Makes an update of what it is given only where that is not donated.</summary>
    private sealed record ForgetsWhatIsDonated(Optimizer Around) : Wrapper(Around)
    {
        protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        {
            if (!step.IsDonated) return step.Inside(step.Gradients);
            (ParameterTree<T> Output, OptimizerState<T> State) same = step.Unchanged();
            step.Gradients.Release();
            return same;
        }
    }

    /// <summary>Takes vectors for twice what numbers are, which the scalar loop works on in pairs.</summary>
    private sealed record CountsTheLane : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, default(Rule<T>));

        private readonly struct Rule<T> : IUpdateRule<T>
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            public static int SlotCount => 0;

            public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
                where TLane : struct, ILane<TLane, T> => TLane.Width > 2 ? update + update : update;
        }
    }

    private sealed record CountsTheThreads : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(Kernels.Threads.Limit)));
    }

    /// <summary>The length of a piece of a leaf is not that of the leaf.</summary>
    private sealed record GoesByTheLength : Transform
    {
        protected override double PerLeafFactor(Leaf leaf, LeafSettings settings) => 1 + (1.0 / (1 + leaf.Length));

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Factor)));
    }

    /// <summary>Keeps its momentum in a table of its own and leaves the state empty.</summary>
    private sealed record RemembersBesideItsState : Transform
    {
        private readonly ConditionalWeakTable<Leaf, Dictionary<(Type, long), Array>> momenta = [];

        protected override bool TransformsLeaves => true;

        protected override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            Dictionary<(Type, long), Array> ofLeaf = momenta.GetOrCreateValue(leaf.Leaf);
            T[] before = ofLeaf.TryGetValue((typeof(T), leaf.Step - 1), out Array? known)
                    ? (T[])known
                    : new T[leaf.Leaf.Length],
                after = new T[leaf.Leaf.Length];
            for (int index = 0; index < leaf.Leaf.Length; index++) after[index] = before[index] + leaf.Input[index];
            ofLeaf[(typeof(T), leaf.Step)] = after;
            after.CopyTo(leaf.Output);
        }
    }

    private sealed record LooksAtThePartBefore : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(typeof(TFirst) == typeof(IdentityRule<T>) ? T.One : T.One + T.One));
    }

    private sealed record GoesByThePlace : Transform
    {
        protected override bool TransformsLeaves => true;

        protected override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            for (int index = 0; index < leaf.Leaf.Length; index++)
                leaf.Output[index] = leaf.Input[index] * T.CreateTruncating(leaf.Leaf.Index + 1);
        }
    }

    /// <summary>
    /// What is neither above nor below 0 has the sign 0, NaN among it, and so a gradient that is not a number is not
    /// seen.
    /// </summary>
    private sealed record HasASignForEverything : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, default(Rule<T>));

        private readonly struct Rule<T> : IUpdateRule<T>
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            public static int SlotCount => 0;

            public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
                where TLane : struct, ILane<TLane, T>
            {
                TLane zero = default, one = TLane.Broadcast(T.One);
                return TLane.SelectGreater(update, zero, one, TLane.SelectGreater(zero, update, zero - one, zero));
            }
        }
    }

    /// <summary>A learning rate with a multiplier of its own making.</summary>
    private sealed record Descent(Func<double, double> Multiplier) : Transform
    {
        protected override double RateAt(long step) => 0.1;

        protected override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
            Multiplier(settings.LearningRateMultiplier);

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(RateAt(pass.Step) * pass.Factor)));
    }

    /// <summary>Takes its groups but for whether they are frozen.</summary>
    private sealed record Thaws : Optimizer
    {
        public override ImmutableArray<LeafGroup> Groups
        {
            get => [.. base.Groups.Select(group => group with { Settings = group.Settings with { Frozen = false } })];
            init => base.Groups = value;
        }

        protected override ImmutableArray<Transform> Transforms => [LearningRate.Of(0.1)];
    }

    /// <summary>Says λ and adds 2·λ·θ.</summary>
    private sealed record DecaysTwice : Transform
    {
        protected override double WeightDecayFor(Leaf leaf) => 0.1;

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new DecayRule<T>(T.CreateTruncating(0.2)));
    }

    private sealed record CountsInInt : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(1 + (1.0 / checked((int)pass.Step)))));
    }

    /// <summary>Clears a gradient that is not a number, and only then says that it cannot take it.</summary>
    private sealed record ChangesWhatItRefuses : Transform
    {
        protected override bool TransformsLeaves => true;

        protected override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            ReadOnlySpan<T> before = leaf.Input;
            before.CopyTo(leaf.Output);
            if (before.IndexOf(T.NaN) < 0) return;
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(before), before.Length).Clear();
            throw new NonFiniteGradientException(leaf.Leaf.Name, leaf.Step);
        }
    }

    /// <summary>Its rule finds its factor where the last rule of any step has put it.</summary>
    private sealed record RemembersBesideItsRule : Transform
    {
        private static double factor;

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            factor = 1 + (1.0 / pass.Step);
            pass.Add(first, default(Rule<T>));
        }

        private readonly struct Rule<T> : IUpdateRule<T>
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            public static int SlotCount => 0;

            public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
                where TLane : struct, ILane<TLane, T> => update * TLane.Broadcast(T.CreateTruncating(factor));
        }
    }

    /// <summary>Takes the state of Adam for its own: slots of the same names that hold something else.</summary>
    private sealed record CallsItselfAdam : Transform
    {
        protected override ImmutableArray<string> SlotNames => ["m", "v"];

        protected override string StateName => "adam";

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, default(Rule<T>));

        private readonly struct Rule<T> : IUpdateRule<T>
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            public static int SlotCount => 2;

            public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
                where TLane : struct, ILane<TLane, T>
            {
                (slots[first], slots[first + 1]) = (update, slots[first]);
                return update;
            }
        }
    }

    private sealed record AllocatesInEveryStep : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            double[] factors = new double[1 + (pass.Step % 2)];
            factors[0] = 2;
            GC.KeepAlive(factors);
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(factors[0])));
        }
    }

    private sealed record HoldsItsLeaves : Transform
    {
        private static readonly Leaf?[] Seen = new Leaf?[1024];
        private static int count;

        protected override bool TransformsLeaves => true;

        protected override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            Seen[Interlocked.Increment(ref count) & 1023] = leaf.Leaf;
            leaf.Input.CopyTo(leaf.Output);
        }
    }

    private sealed record HoldsItself : Optimizer
    {
        private static HoldsItself? last;

        protected override ImmutableArray<Transform> Transforms
        {
            get
            {
                last = this;
                return [LearningRate.Of(0.1)];
            }
        }
    }
}
