using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// A theory on what the problems of the usual seed show. Those of another seed may show less, so it is left out where
/// the environment asks for another one.
/// </summary>
internal sealed class FixedSeedTheoryAttribute : TheoryAttribute
{
    public FixedSeedTheoryAttribute()
    {
        if (!Seed.IsUsual) Skip = $"The problems are those of {Seed.Text}, not those of the usual seed.";
    }
}
