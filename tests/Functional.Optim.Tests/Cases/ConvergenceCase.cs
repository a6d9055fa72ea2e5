namespace Functional.Optim.Tests.Cases;

/// <summary>An optimizer that reaches a minimum and stays there.</summary>
/// <param name="Name">The name in test results.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Steps">After how many updates it has to be there.</param>
internal sealed record ConvergenceCase(string Name, Optimizer Optimizer, int Steps);
