using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>
/// The loop that decodes and encodes in registers (<see cref="CodedLoop"/>), which runs with lanes of 512 bits, against
/// decoding and encoding piece by piece, as with other lanes.
/// </summary>
public class CodedLoopTests
{
    private static readonly TreeLayout Layout = TreeLayout.Of(("one", [1]), ("odd", [3, 431]), ("even", [2048]));

    [Theory]
    [InlineData(StateFormat.BFloat16)]
    [InlineData(StateFormat.Float8)]
    [InlineData(StateFormat.Int8)]
    public void Registers_and_pieces_have_the_same_bits_for_every_optimizer(StateFormat format)
    {
        int compared = 0;
        foreach (CatalogueEntry<Optimizer> entry in Catalogue.Optimizers)
        {
            if (Laws.Catalogue.CaseOf(entry).Build(entry, 0.01) is not ElementwiseOptimizer full) continue;
            Optimizer optimizer = full.WithState(format);
            float[][] wide = After(optimizer);
            Assert.Equal(wide, LaneWidths.With(LaneWidth.Bits256, () => After(optimizer)));
            compared++;
        }

        Assert.True(compared > 10, $"only {compared} optimizers were compared");
    }

    /// <summary>The parameters and the slots after some updates, one of which clears small numbers.</summary>
    private static float[][] After(Optimizer optimizer)
    {
        ParameterTree<float> parameters = Waves(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 1; step <= 66; step++)
            (parameters, state) = optimizer.Step(parameters, Waves(step), state);
        return [parameters.AsSpan().ToArray(), .. Enumerable.Range(0, state.SlotCount).Select(SlotOf)];

        float[] SlotOf(int slot) => state[slot].AsSpan().ToArray();
    }

    private static ParameterTree<float> Waves(int step)
    {
        TreeBuffer<float> waves = Layout.Rent<float>();
        foreach (Leaf leaf in Layout.Leaves)
        {
            Span<float> values = waves.AsSpan(leaf);
            for (int index = 0; index < values.Length; index++)
                values[index] = MathF.Sin((index * 0.37f) + (step * 1.3f)) * MathF.Pow(10, -(index % 9));
        }

        return waves.ToTree();
    }
}
