using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Functional.Optim.Laws;

/// <summary>The search for a problem in which a law does not hold.</summary>
internal static class Search
{
    private const int Problems = 24;

    /// <summary>
    /// Tries a law on many problems, as many of each kind, so that none is left to chance, and where it does not hold,
    /// looks for the smallest such problem.
    /// </summary>
    /// <exception cref="LawException">The law does not hold, or something threw in its course.</exception>
    internal static void ForCounterexample(
        string law, object subject, string type, Action<Problem> holds, ImmutableArray<Arbitrary<Problem>> kinds)
    {
        (Problem Problem, Exception Reason)? smallest = null;
        void Try(Problem problem)
        {
            try
            {
                holds(problem);
            }
            catch (Exception reason)
            {
                // While it shrinks, FsCheck goes on from each smaller problem that fails, so the last one to fail is
                // the smallest.
                smallest = (problem, reason);
                throw;
            }
        }

        try
        {
            foreach (Arbitrary<Problem> problems in kinds)
                Prop.ForAll(problems, Try).Check(Seed.Check(Problems / kinds.Length));
        }
        catch (Exception exception) when (smallest is not null)
        {
            (Problem problem, Exception reason) = smallest.Value;
            throw Failure(law, subject, type, reason, problem.ToString(), exception);
        }
    }

    /// <summary>Tries a law on one problem.</summary>
    /// <exception cref="LawException">The law does not hold, or something threw in its course.</exception>
    internal static void In<TProblem>(
        TProblem problem, string law, object subject, string type, Action<TProblem> holds)
        where TProblem : notnull
    {
        try
        {
            holds(problem);
        }
        catch (Exception reason)
        {
            throw Failure(law, subject, type, reason, problem.ToString() ?? "", reason);
        }
    }

    private static LawException Failure(
        string law, object subject, string type, Exception reason, string counterexample, Exception cause)
    {
        string what = reason is BrokenClaimException
            ? reason.Message
            : $"it threw {reason.GetType().Name}, {reason.Message}";
        return new(
            law, subject, $"{type}: {what}",
            counterexample, cause, Seed.IsUsual ? null : $"SEED={Seed.Text}");
    }
}
