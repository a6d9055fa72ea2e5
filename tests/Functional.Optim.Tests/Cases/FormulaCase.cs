using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Cases;

/// <summary>
/// An optimizer and its formula once more, as the paper writes it, for one number at a time. Its ε are large enough to
/// tell where they stand.
/// </summary>
/// <param name="Name">The name in test results.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Start">The slots of an element before the first update, from its parameter.</param>
/// <param name="Step">The formula.</param>
internal sealed record FormulaCase(
    string Name, Optimizer Optimizer, Func<double, double[]> Start, ElementReference Step)
{
    /// <summary>The learning rate of most formulas.</summary>
    internal const double Rate = 0.1;

    /// <summary>The weight decay of those that have one.</summary>
    internal const double Decay = 0.05;

    /// <summary>A formula whose slots start with the same numbers for every element.</summary>
    internal FormulaCase(string name, Optimizer optimizer, double[] start, ElementReference step)
        : this(name, optimizer, _ => [.. start], step)
    {
    }
}
