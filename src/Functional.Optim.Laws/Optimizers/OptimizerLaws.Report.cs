using System.Collections.Immutable;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// Checks every law of <see cref="OfEvery"/> and of <see cref="OfSome"/> and tells of each whether it holds, fails
    /// or does not apply, and why. It throws for none of them and prints nothing.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="ArgumentNullException">The optimizer is null.</exception>
    public static OptimizerReport Report(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return new(optimizer, Results(OfEvery), Results(OfSome));

        ImmutableArray<LawResult> Results(ImmutableArray<OptimizerLaw> laws) =>
            [.. laws.Select(law => ResultOf(law, optimizer))];
    }

    private static LawResult ResultOf(OptimizerLaw law, Optimizer optimizer)
    {
        try
        {
            if (law.Exemption(optimizer) is { } exemption) return new(law.Name, LawOutcome.DoesNotApply, exemption);
            law.Check(optimizer);
            return new(law.Name, LawOutcome.Holds);
        }
        catch (LawException found)
        {
            return new(law.Name, LawOutcome.Fails, found.Description);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // An optimizer may throw where it is only asked what it is made of.
            return new(law.Name, LawOutcome.Fails, $"it threw {exception.GetType().Name}, {exception.Message}");
        }
    }
}
