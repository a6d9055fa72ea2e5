using Functional.Optim.Kernels;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>
/// The loss ½·Σ(θ − b)² for a batch b of one number; its gradient is θ − b. A b that is not finite spoils only 'bias'.
/// </summary>
internal static class Quadratic
{
    internal static ParameterTree<float> Start() =>
        ParameterTree.Of(
            Leaf.Of("weight", [3, 4], Enumerable.Range(0, 12).Select(index => index / 4f).ToArray()),
            Leaf.Of("bias", [3], [1f, 2f, 3f]));

    internal static float Batch(long step) => (float)new Philox(7).Uniform((ulong)step);

    internal static double Loss(ParameterTree<float> at, float batch)
    {
        double sum = 0;
        foreach (float value in at.AsSpan("bias")) sum += 0.5 * (value - batch) * (value - batch);
        foreach (float value in at.AsSpan("weight")) sum += 0.5 * (value - Finite(batch)) * (value - Finite(batch));
        return sum;
    }

    internal static (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> at, float batch, long step)
    {
        TreeBuffer<float> gradients = at.Layout.Rent<float>();
        foreach (Leaf leaf in at.Layout.Leaves) at.AsSpan(leaf).CopyTo(gradients.AsSpan(leaf));
        foreach (ref float value in gradients.AsSpan("weight")) value -= Finite(batch);
        foreach (ref float value in gradients.AsSpan("bias")[1..]) value -= batch;
        return (Loss(at, batch), gradients.ToTree());
    }

    private static float Finite(float batch) => float.IsFinite(batch) ? batch : 0;
}
