namespace Functional.Optim.Laws;

/// <summary>
/// A step of one element in plain code, for
/// <see cref="OptimizerLaws.Matches(Optimizer, ElementReference, int, double)"/>.
/// </summary>
/// <param name="step">t, the number of the update, from 1.</param>
/// <param name="parameter">θ.</param>
/// <param name="gradient">g.</param>
/// <param name="state">What the reference keeps of the element; write the new numbers over the old.</param>
/// <returns>θ'.</returns>
public delegate double ElementReference(long step, double parameter, double gradient, Span<double> state);
