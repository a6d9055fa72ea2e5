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
        ("Donation", new ReadsWhatItHasWritten().Then(Rate)),
        ("Lanes", new CountsTheLane().Then(Rate)),
        ("Threads", new CountsTheThreads().Then(Rate)),
        ("Resume", new RemembersBesideItsState().Then(Rate)),
        ("Composition", Scale.By(2).Then(new LooksAtThePartBefore()).Then(Rate)),
        ("Split", new CountsTheLeaves().Then(Rate)),
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
        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                ReadOnlySpan<T> before = update.Before(leaf);
                before.CopyTo(update.After(leaf));
                if (!before.Overlaps(update.After(leaf)))
                    MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(before), before.Length).Clear();
            }
        }
    }

    /// <summary>Adds to each element the one before it, which in memory that is donated is the sum already.</summary>
    private sealed record ReadsWhatItHasWritten : Transform
    {
        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                ReadOnlySpan<T> before = update.Before(leaf);
                for (int index = 0; index < before.Length; index++)
                    update.After(leaf)[index] = index == 0 ? before[index] : before[index] + before[index - 1];
            }
        }
    }

    /// <summary>Takes vectors for twice what numbers are, which the scalar loop works on in pairs.</summary>
    private sealed record CountsTheLane : Transform
    {
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Then(first, default(Rule<T>));

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
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(T.CreateTruncating(Kernels.Threads.Limit)));
    }

    /// <summary>Keeps its momentum in a table of its own and leaves the state empty.</summary>
    private sealed record RemembersBesideItsState : Transform
    {
        private readonly ConditionalWeakTable<Leaf, Dictionary<(Type, long), Array>> momenta = [];

        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                Dictionary<(Type, long), Array> ofLeaf = momenta.GetOrCreateValue(leaf);
                T[] before = ofLeaf.TryGetValue((typeof(T), update.Step - 1), out Array? known) ? (T[])known : new T[leaf.Length], after = new T[leaf.Length];
                for (int index = 0; index < leaf.Length; index++) after[index] = before[index] + update.Before(leaf)[index];
                ofLeaf[(typeof(T), update.Step)] = after;
                after.CopyTo(update.After(leaf));
            }
        }
    }

    private sealed record LooksAtThePartBefore : Transform
    {
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(typeof(TFirst) == typeof(IdentityRule<T>) ? T.One : T.One + T.One));
    }

    private sealed record CountsTheLeaves : Transform
    {
        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                for (int index = 0; index < leaf.Length; index++)
                    update.After(leaf)[index] = update.Before(leaf)[index] * T.CreateTruncating(update.Leaves.Length);
            }
        }
    }

    /// <summary>What is neither above nor below 0 has the sign 0, NaN among it, and so a gradient that is not a number is not seen.</summary>
    private sealed record HasASignForEverything : Transform
    {
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Then(first, default(Rule<T>));

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

        protected override double FactorOf(Leaf leaf, LeafSettings settings) => Multiplier(settings.LearningRateMultiplier);

        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(T.CreateTruncating(RateAt(pass.Step) * pass.Factor)));
    }

    /// <summary>Takes its groups but for whether they are frozen.</summary>
    private sealed record Thaws : Optimizer
    {
        public override ImmutableArray<LeafGroup> Groups
        {
            get => [.. base.Groups.Select(group => group with { Settings = group.Settings with { Frozen = false } })];
            init => base.Groups = value;
        }

        protected override ImmutableArray<Transform> Parts => [LearningRate.Of(0.1)];
    }

    /// <summary>Says λ and adds 2·λ·θ.</summary>
    private sealed record DecaysTwice : Transform
    {
        protected override double DecayOf(Leaf leaf) => 0.1;

        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new DecayRule<T>(T.CreateTruncating(0.2)));
    }

    private sealed record CountsInInt : Transform
    {
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(T.CreateTruncating(1 + (1.0 / checked((int)pass.Step)))));
    }

    /// <summary>Clears a gradient that is not a number, and only then says that it cannot take it.</summary>
    private sealed record ChangesWhatItRefuses : Transform
    {
        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                ReadOnlySpan<T> before = update.Before(leaf);
                before.CopyTo(update.After(leaf));
                if (before.IndexOf(T.NaN) < 0) continue;
                MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(before), before.Length).Clear();
                throw new NonFiniteGradientException(leaf.Name, update.Step);
            }
        }
    }

    /// <summary>Its rule finds its factor where the last rule of any step has put it.</summary>
    private sealed record RemembersBesideItsRule : Transform
    {
        private static double factor;

        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            factor = 1 + (1.0 / pass.Step);
            pass.Then(first, default(Rule<T>));
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

        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Then(first, default(Rule<T>));

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
        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            double[] factors = new double[1 + (pass.Step % 2)];
            factors[0] = 2;
            GC.KeepAlive(factors);
            pass.Then(first, new ScaleRule<T>(T.CreateTruncating(factors[0])));
        }
    }

    private sealed record HoldsItsLeaves : Transform
    {
        private static Leaf? last;

        protected override bool Rewrites => true;

        protected override void Rewrite<T>(in Rewriting<T> update)
        {
            foreach (Leaf leaf in update.Leaves)
            {
                last = leaf;
                update.Before(leaf).CopyTo(update.After(leaf));
            }
        }
    }

    private sealed record HoldsItself : Transform
    {
        private static HoldsItself? last;

        protected override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            last = this;
            base.Append(first, ref pass);
        }
    }
}
