using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Cases;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>The trajectories of published implementations.</summary>
public class PublishedGoldenTests
{
    private static readonly PublishedGolden[] All = [.. Laws.Catalogue.Cases.SelectMany(one => one.Published)];

    public static TheoryData<string, string> Ids
    {
        get
        {
            TheoryData<string, string> ids = [];
            foreach (PublishedGolden source in All)
            {
                foreach (string id in ModernGolden.IdsOf(source.Algorithm)) ids.Add(source.Algorithm, id);
            }

            return ids;
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_trajectory_is_theirs(string algorithm, string id)
    {
        PublishedGolden source = All.Single(golden => golden.Algorithm == algorithm);
        Check<double>(source, id);
        Check<float>(source, id);
    }

    private static void Check<T>(PublishedGolden source, string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>(source.Algorithm, id);
        // In float32 the scalars are sums of what is mostly rounding.
        Func<string, OptimizerState<T>, double>? scalars = source.Scalars.IsEmpty || typeof(T) == typeof(float)
            ? null
            : (name, state) => state.Scalar(source.Scalars.Single(pair => pair.Source == name).Scalar);
        (_, OptimizerState<T> last) = ModernGolden.Check(
            golden, source.Build(golden), scalars: scalars,
            before: (step, state) => step == 2 && source.AfterFirstStep is { } given
                ? ModernGolden.WithSlot(state, given.Slot, golden.GetProperty(given.Source))
                : state);
        CompareSlots(source, golden, last);
    }

    /// <summary>Whether it is nothing, or a list of nothing, such as of matrices of a leaf that has none.</summary>
    private static bool IsEmpty(JsonElement values) => values.ValueKind == JsonValueKind.Null
        || (values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(IsEmpty));

    /// <summary>Each slot has the leaves that the source keeps, with its numbers to a few roundings.</summary>
    private static void CompareSlots<T>(PublishedGolden source, JsonElement golden, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (source.Slots.IsEmpty) return;
        double rounding = double.CreateTruncating(T.BitIncrement(T.One) - T.One);
        Assert.Subset(
            source.Slots.Select(names => names.Slot).Concat(source.KeptByOne).ToHashSet(), state.SlotNames.ToHashSet());
        foreach ((string name, string slot) in source.Slots)
        {
            JsonProperty[] kept =
            [
                .. golden.GetProperty("final_state").EnumerateObject()
                    .Where(leaf => leaf.Value.TryGetProperty(name, out JsonElement values)
                        && values.ValueKind != JsonValueKind.Null && !IsEmpty(values)),
            ];
            if (source.KeptByOne.Contains(name) && !state.SlotNames.Contains(slot)) continue;
            // A slot that no leaf has is as good as none.
            Assert.Equal(kept.Length > 0, state.SlotNames.Contains(slot) && !state[slot].Layout.Leaves.IsEmpty);
            if (kept.Length == 0) continue;
            Assert.Equal(kept.Select(leaf => leaf.Name), state[slot].Layout.Leaves.Select(leaf => leaf.Name));
            foreach (JsonProperty leaf in kept)
            {
                JsonElement values = leaf.Value.GetProperty(name);
                double[] expected = values.Flat();
                double[] actual = Array.ConvertAll(state[slot].AsSpan(leaf.Name).ToArray(), double.CreateTruncating);
                Assert.Equal(expected.Length, actual.Length);
                if (source.SlotsUpToSign.Contains(slot))
                    (expected, actual) = (Array.ConvertAll(expected, Math.Abs), Array.ConvertAll(actual, Math.Abs));
                for (int index = 0; index < expected.Length; index++)
                {
                    double size = Math.Max(1, Math.Abs(expected[index]));
                    Assert.Equal(expected[index], actual[index], source.SlotRoundings * rounding * size);
                }
            }
        }
    }
}
