using LanguageExt;

namespace Functional.Optim;

/// <summary>Steps in rising order at which something changes.</summary>
internal static class Milestones
{
    /// <summary>How many of them are at a step or before it.</summary>
    internal static int Passed(this Seq<long> milestones, long step)
    {
        int least = 0, most = milestones.Count;
        while (least < most)
        {
            int middle = (least + most) / 2;
            if (milestones[middle] <= step) least = middle + 1;
            else most = middle;
        }

        return least;
    }
}
