using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Contracts;

/// <summary>Throws in one place while it is lit.</summary>
/// <param name="Place">Where.</param>
internal sealed record Fuse(string Place)
{
    internal bool Lit { get; set; }

    internal void Pass(string place)
    {
        if (Lit && place == Place) throw new InvalidOperationException($"the fuse in {Place}");
    }
}

/// <summary>Parts of one's own, with a fuse in each place that the library calls.</summary>
internal static class Fused
{
    internal static readonly string[] Places =
        ["schedule", "leaf predicate", "FactorOf", "Append", "Measure", "Rewrite", "late leaf predicate", "half a Rewrite", "half an Append"];

    /// <summary>What calls the fuse, as a part.</summary>
    internal static Optimizer Part(Fuse fuse) => fuse.Place switch
    {
        "schedule" => LearningRate.Of(new Rate(fuse)),
        "leaf predicate" => WeightDecay.Decoupled(0.1, Predicate(fuse)),
        "late leaf predicate" => TrustRatio.Of(adapts: Predicate(fuse)),
        "Measure" => new Measuring(fuse),
        "Rewrite" or "half a Rewrite" => new Rewriter(fuse),
        _ => new Ruling(fuse),
    };

    private static Func<Leaf, bool> Predicate(Fuse fuse) => _ =>
    {
        fuse.Pass(fuse.Place);
        return true;
    };

    private sealed record Rate(Fuse Fuse) : Schedule
    {
        protected internal override double RateAt(long step)
        {
            Fuse.Pass("schedule");
            return 0.5;
        }
    }

    private sealed record Ruling(Fuse Fuse) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => ["trace"];

        protected internal override double FactorOf(Leaf leaf, LeafSettings settings)
        {
            Fuse.Pass("FactorOf");
            return leaf.Index;
        }

        protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            Fuse.Pass("Append");
            if (pass.Factor > 1) Fuse.Pass("half an Append");
            pass.Then(first, new TraceRule<T>(T.CreateTruncating(0.5)));
        }
    }

    private sealed record Measuring(Fuse Fuse) : Transform
    {
        protected internal override bool Measures => true;

        protected internal override void Measure<T>(in Measurement<T> update, Span<double> measured)
        {
            measured.Fill(0.5);
            Fuse.Pass("Measure");
        }

        protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(T.CreateTruncating(pass.Measured)));
    }

    private sealed record Rewriter(Fuse Fuse) : Transform
    {
        protected internal override bool Rewrites => true;

        protected internal override void Rewrite<T>(in Rewriting<T> update)
        {
            Fuse.Pass("Rewrite");
            foreach (Leaf leaf in update.Leaves)
            {
                for (int index = 0; index < leaf.Length; index++) update.After(leaf)[index] = -update.Before(leaf)[index];
                Fuse.Pass("half a Rewrite");
            }
        }
    }
}
