using FsCheck.Xunit;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// Properties whose cases are drawn from <see cref="Seed"/>; where each run has another,
/// FsCheck draws one and prints it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class)]
public sealed class SeededPropertiesAttribute : PropertiesAttribute
{
    /// <summary>Takes the seed.</summary>
    public SeededPropertiesAttribute()
    {
        if (!Seed.IsNew) Replay = Seed.Text;
    }
}
