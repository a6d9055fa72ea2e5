namespace Functional.Optim.Benchmarks;

/// <summary>Training without a model, by pure steps over trees. The trees that a step replaces are released.</summary>
internal sealed class Training
{
    private readonly Optimizer optimizer;
    private readonly ParameterTree<float> gradients;
    private ParameterTree<float> parameters;
    private OptimizerState<float> state;

    /// <summary>Starts with zero parameters; every step has the same gradients.</summary>
    internal Training(Optimizer optimizer, ParameterTree<float> gradients)
    {
        (this.optimizer, this.gradients) = (optimizer, gradients);
        parameters = gradients.Layout.Zeros<float>();
        state = optimizer.Init(parameters);
    }

    /// <summary>Gradients from a sine.</summary>
    internal static ParameterTree<float> Waves(TreeLayout layout)
    {
        TreeBuffer<float> slopes = layout.Rent<float>();
        for (int index = 0; index < slopes.AsSpan().Length; index++) slopes.AsSpan()[index] = MathF.Sin(index);
        return slopes.ToTree();
    }

    internal void Step()
    {
        (ParameterTree<float> before, OptimizerState<float> old) = (parameters, state);
        (parameters, state) = optimizer.Step(before, gradients, old);
        before.Release();
        old.Release();
    }
}
