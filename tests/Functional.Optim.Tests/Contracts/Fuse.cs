using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Contracts;

/// <summary>Throws an exception at one place while it is lit.</summary>
/// <param name="Place">The place.</param>
internal sealed record Fuse(string Place)
{
    internal bool Lit { get; set; }

    internal void Pass(string place)
    {
        if (Lit && place == Place) throw new InvalidOperationException($"the fuse in {Place}");
    }
}

/// <summary>Custom transforms with a fuse at each place that the library calls.</summary>
internal static class Fused
{
    internal static readonly string[] Places =
    [
        "schedule",
        "leaf predicate",
        "PerLeafFactor",
        "AddRule",
        "Measure",
        "TransformLeaf",
        "late leaf predicate",
        "half of TransformLeaf",
        "half of AddRule",
    ];

    /// <summary>A transform that calls the fuse.</summary>
    internal static Optimizer Of(Fuse fuse) => fuse.Place switch
    {
        "schedule" => LearningRate.Of(new Rate(fuse)),
        "leaf predicate" => WeightDecay.Decoupled(0.1, Predicate(fuse)),
        "late leaf predicate" => TrustRatio.Of(filter: Predicate(fuse)),
        "Measure" => new Measuring(fuse),
        "TransformLeaf" or "half of TransformLeaf" => new LeafChanger(fuse),
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
        protected internal override ImmutableArray<string> SlotNames => ["momentum"];

        protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings)
        {
            Fuse.Pass("PerLeafFactor");
            return leaf.Index;
        }

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            Fuse.Pass("AddRule");
            if (pass.Factor > 1) Fuse.Pass("half of AddRule");
            pass.Add(first, new MomentumRule<T>(T.CreateTruncating(0.5)));
        }
    }

    private sealed record Measuring(Fuse Fuse) : Transform
    {
        protected internal override bool NeedsStatistics => true;

        protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
        {
            measured.Fill(0.5);
            Fuse.Pass("Measure");
        }

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Measured)));
    }

    private sealed record LeafChanger(Fuse Fuse) : Transform
    {
        protected internal override bool TransformsLeaves => true;

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            Fuse.Pass("TransformLeaf");
            for (int index = 0; index < leaf.Output.Length; index++) leaf.Output[index] = -leaf.Input[index];
            Fuse.Pass("half of TransformLeaf");
        }
    }
}
