using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly ImmutableArray<Optimizer> OthersWithState =
    [
        Sgd.Of(0.1, momentum: 0.9), Adam.Of(0.1), Lion.Of(0.1), Adagrad.Of(0.1), Adadelta.Of(1),
        RmsProp.Of(0.1, momentum: 0.9), AdaBelief.Of(0.1), Adamax.Of(0.1), Ema.Of(0.9), Lookahead.Of(2),
        Accumulate.Of(2, Sgd.Of(0.1)), Partition.Masked(static _ => true, Adam.Of(0.1)),
    ];

    /// <summary>
    /// A state belongs to the transforms that keep it: an optimizer takes no state of other transforms, be its slots of
    /// the same names, and no other takes its own; nothing is changed meanwhile.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void StateOwner(Optimizer optimizer) =>
        HoldsIn(Problem.Sample, optimizer, StateOwner<float>, StateOwner<double>);

    private static void StateOwner<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> state = problem.After<T>(optimizer).State;
        optimizer.Step(problem.Parameters<T>(), problem.Gradients<T>(1), state);
        if (state.SlotCount == 0) return;
        Optimizer namesake = state.SlotNames.Aggregate(
            Optim.Composition.Identity, static (parts, name) => parts.Then(new Namesake(name)));
        string keepers = KeepersOf(optimizer);
        foreach (Optimizer other in (Optimizer[])[namesake, .. OthersWithState])
        {
            if (KeepersOf(other) == keepers) continue;
            Refuses(other, optimizer, state);
            Refuses(optimizer, other, problem.After<T>(other).State);
        }

        void Refuses(Optimizer stranger, Optimizer owner, OptimizerState<T> given)
        {
            OptimizerState<T> before = given.Copy();
            try
            {
                stranger.StepDonating(problem.Parameters<T>(), problem.Gradients<T>(1), given);
            }
            catch (ArgumentException)
            {
                Claim.Same($"after {stranger} refused the state of {owner}, that state", before, given);
                return;
            }

            throw new BrokenClaimException($"{stranger} takes the state of {owner}, which keeps other things in it");
        }
    }

    /// <summary>What keeps slots, in order: transforms by their type, and wrappers that add a slot.</summary>
    private static string KeepersOf(Optimizer optimizer) => optimizer switch
    {
        Accumulate outer => $"{KeepersOf(outer.Inner)} Accumulate",
        Wrapper outer => KeepersOf(outer.Inner),
        _ => string.Join(' ', optimizer.Transforms.Select(static part => part switch
        {
            Partition partition => string.Join(
                ' ', partition.Rules.Select(static rule => (rule.Name, Keepers: KeepersOf(rule.Optimizer)))
                .Where(static rule => rule.Keepers.Length > 0).Select(static rule => $"{rule.Name}({rule.Keepers})")),
            { SlotNames.IsEmpty: true } => "",
            _ => part.GetType().FullName,
        }).Where(static keeper => !string.IsNullOrEmpty(keeper))),
    };

    /// <summary>Keeps a slot of a name that belongs to others, and uses it for nothing.</summary>
    private sealed record Namesake(string Name) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => [Name];

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, default(Keep<T>));

        private readonly struct Keep<T> : IUpdateRule<T>
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            public static int SlotCount => 1;

            public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
                where TLane : struct, ILane<TLane, T> => update;
        }
    }
}
