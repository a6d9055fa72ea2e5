namespace Functional.Optim.Training;

/// <summary>The norms of one leaf at a step, each √Σx² in double.</summary>
/// <param name="Name">The name of the leaf.</param>
/// <param name="Parameters">‖θ‖ before the update.</param>
/// <param name="Gradient">‖g‖ of the gradient from the source, before clipping.</param>
/// <param name="Update">‖θ' − θ‖.</param>
public readonly record struct LeafNorm(string Name, double Parameters, double Gradient, double Update)
{
    /// <summary>
    /// ‖θ' − θ‖ / ‖θ‖, which part of the leaf the update replaced: 0 without an update, infinite when the leaf was 0.
    /// </summary>
    public double UpdateRatio => Update == 0 ? 0 : Update / Parameters;
}
