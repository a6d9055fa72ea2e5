using FsCheck;
using FsCheck.Fluent;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>Checks a law on many problems; where it fails, the message holds the smallest problem found.</summary>
internal static class Law
{
    internal static void Holds(Action<Problem> law, Arbitrary<Problem>? problems = null, int tests = 30) =>
        Prop.ForAll(problems ?? Problem.Any(), law).Check(Seed.Check(tests));
}
