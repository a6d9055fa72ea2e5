using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Ascending steps at which something changes.</summary>
internal static class Milestones
{
    /// <summary>The number of milestones at or before a step.</summary>
    internal static int Passed(this ImmutableArray<long> milestones, long step)
    {
        int low = 0, high = milestones.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (milestones[middle] <= step) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
