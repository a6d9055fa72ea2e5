using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using FsCheck;

namespace Functional.Optim.Laws;

/// <summary>
/// The laws of optimizers, each a method that tries them on many small trees, in float and in double, and throws a
/// <see cref="LawException"/> with the smallest counterexample where they do not hold.
/// </summary>
/// <remarks>
/// Settings of an optimizer that depend on the leaf have to go by its name or shape: several laws take leaves away or
/// change their order. The problems are the same at each call. With <c>EXPLORE=1</c> in the environment each process
/// draws other ones, and the message of what is found has the seed; <c>SEED=a,b</c> starts from it again.
/// </remarks>
public static partial class OptimizerLaws
{
    /// <summary>
    /// The laws of every optimizer, but for those that its transforms exempt (<see cref="OptimizerLaw.Exemption"/>).
    /// </summary>
    public static ImmutableArray<OptimizerLaw> OfEvery { get; } =
    [
        new(nameof(Purity), Purity),
        new(nameof(Donation), Donation),
        OfGradients(nameof(Lanes), Lanes),
        OfGradients(nameof(Threads), Threads),
        new(nameof(Resume), Resume),
        OfGradients(nameof(FailedStep), FailedStep),
        OfGradients(nameof(Release), Release),
        OfGradients(nameof(NestedStep), NestedStep),
        OfGradients(nameof(Shards), Shards),
        OfGradients(nameof(StateOwner), StateOwner),
        OfGradients(nameof(Evaluation), Evaluation),
        OfGradients(nameof(Descent), Descent, ExemptionFromDescent),
        Within(nameof(Update), Update, ExemptionFromUpdate),
        Within(nameof(Composition), Composition, ExemptionFromComposition),
        Within(nameof(Split), Split, ExemptionFromSplit),
        Within(nameof(Locality), Locality, ExemptionFromLocality),
        Within(nameof(ZeroRate), ZeroRate, ExemptionFromZeroRate),
        Within(nameof(RateMultiplier), RateMultiplier, ExemptionFromRateMultiplier),
        Within(nameof(FrozenLeaves), FrozenLeaves, ExemptionOfCodes),
        Within(nameof(DecoupledDecay), DecoupledDecay, ExemptionFromDecoupledDecay),
        Within(nameof(LastStep), LastStep),
    ];

    /// <summary>Laws that some optimizers promise and others do not; <see cref="All"/> leaves them out.</summary>
    public static ImmutableArray<OptimizerLaw> OfSome { get; } =
    [
        new(nameof(BiasCorrection), BiasCorrection, ExemptionOfCodes),
        new(nameof(ScaleInvariance), ScaleInvariance, ExemptionOfCodes),
        new(nameof(BoundedStep), BoundedStep, ExemptionOfCodes),
    ];

    /// <summary>
    /// The laws of memory. They count what the runtime allocates and collects, so each has to run while nothing else
    /// does; <see cref="All"/> leaves them out.
    /// </summary>
    public static ImmutableArray<OptimizerLaw> OfMemory { get; } =
    [
        new(nameof(Allocation), Allocation, ExemptionFromAllocation),
        new(nameof(Collection), Collection),
    ];

    /// <summary>Checks every law of <see cref="OfEvery"/> that the optimizer is not exempt from.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The first law that does not hold.</exception>
    public static void All(Optimizer optimizer)
    {
        foreach (OptimizerLaw law in OfEvery)
        {
            if (law.Exemption(optimizer) is null) law.Check(optimizer);
        }
    }

    /// <summary>A law of steps by a gradient, which an optimizer that asks for the loss does not make.</summary>
    private static OptimizerLaw OfGradients(
        string name, Action<Optimizer> check, Func<Optimizer, string?>? exemption = null) => new(
        name, check,
        optimizer => optimizer is FunctionOptimizer
            ? "it takes a function, not a gradient" : exemption?.Invoke(optimizer));

    /// <summary>A law of updates, which those that a wrapper holds back do not obey.</summary>
    private static OptimizerLaw Within(
        string name, Action<Optimizer> check, Func<Optimizer, string?>? exemption = null) => OfGradients(
        name, check,
        optimizer => optimizer is Wrapper
            ? "it decides whether there is an update at all: check what is inside it" : exemption?.Invoke(optimizer));

    private static void Holds(
        Optimizer optimizer, Action<Optimizer, Problem> inFloat, Action<Optimizer, Problem> inDouble,
        Arbitrary<Problem>? problems = null, [CallerMemberName] string law = "")
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        // The square of a huge gradient is no loss.
        if (optimizer is FunctionOptimizer) problems ??= Problem.Ordinary();
        ImmutableArray<Arbitrary<Problem>> kinds = problems is null ? Problem.OfEachScale() : [problems];
        Search.ForCounterexample(law, optimizer, "in float", problem => inFloat(optimizer, problem), kinds);
        Search.ForCounterexample(law, optimizer, "in double", problem => inDouble(optimizer, problem), kinds);
    }

    private static void HoldsIn(
        Problem problem, Optimizer optimizer, Action<Optimizer, Problem> inFloat, Action<Optimizer, Problem> inDouble,
        [CallerMemberName] string law = "")
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Search.In(problem, law, optimizer, "in float", problem => inFloat(optimizer, problem));
        Search.In(problem, law, optimizer, "in double", problem => inDouble(optimizer, problem));
    }

    /// <summary>The distance of 1 to the next number.</summary>
    private static double RoundingOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => double.CreateTruncating(T.BitIncrement(T.One) - T.One);
}
