using Functional.Optim;
using Functional.Optim.Kernels;

// The loss is ½·Σ(θ − target)², so the gradient is θ − target: any source of gradients works.
float[] target = [1, -2, 3, 0.5f, 0, 1];
ParameterTree<float> GradientAt(ParameterTree<float> at)
{
    TreeBuffer<float> gradients = at.Layout.Rent<float>();
    for (int index = 0; index < target.Length; index++) gradients.AsSpan("weight")[index] =
        at.AsSpan("weight")[index] - target[index];
    at.AsSpan("bias").CopyTo(gradients.AsSpan("bias"));
    return gradients.ToTree();
}

string Print(ParameterTree<float> tree) =>
    string.Join(" ", tree.AsSpan("weight").ToArray().Select(value => $"{value:0.0000}"));

ParameterTree<float> start = ParameterTree.Of(
    Leaf.Of("weight", [2, 3], new float[6]),
    Leaf.Of("bias", [3], [1f, 1f, 1f]));
Schedule schedule = Schedule.WarmupCosine(peak: 0.05, warmupSteps: 10, totalSteps: 200, floor: 0.001);

// 1. A pure step: the state is a record that can be printed, compared and kept.
AdamW adamw = AdamW.Of(learningRate: schedule, beta2: 0.95, weightDecay: 0.1, decay: LeafFilter.Matrices);
ParameterTree<float> parameters = start;
AdamState<float> state = adamw.Init(parameters);
(parameters, state) = adamw.Step(parameters, GradientAt(parameters), state);
Console.WriteLine($"1. one step     {Print(parameters)}   step {state.Step}, |m| {state.M.GlobalNorm():0.000}, |v| "
    + $"{state.V.GlobalNorm():0.000}");

// 2. A whole run is a fold.
(ParameterTree<float> final, AdamState<float> finalState) = Enumerable.Range(0, 200)
    .Aggregate((parameters: start, state: adamw.Init(start)),
        (at, _) => adamw.Step(at.parameters, GradientAt(at.parameters), at.state));
Console.WriteLine($"2. a fold       {Print(final)}   step {finalState.Step}");

// 3. Composition: one pass over memory, however many transforms it has.
Optimizer optimizer = Clip.ByGlobalNorm(1.0)
    .Then(Adam.Scaling(beta2: 0.95)).Then(WeightDecay.Decoupled(0.1)).Then(LearningRate.Of(schedule));
(ParameterTree<float> composed, OptimizerState<float> composedState) = (start, optimizer.Init(start));
for (int step = 0; step < 200; step++) (composed, composedState) =
    optimizer.Step(composed, GradientAt(composed), composedState);
AdamState<float> itsAdam = AdamState<float>.From(composedState);
Console.WriteLine($"3. a chain      {Print(composed)}   step {composedState.Step}, |m| {itsAdam.M.GlobalNorm():0.000}");
Console.WriteLine(adamw.Report(start.Layout));

// 4. Spans only: no tree, no allocation.
AdamW overSpans = AdamW.Of(schedule, beta2: 0.95, weightDecay: 0.1);
float[] theta = new float[6], gradient = new float[6], m = new float[6], v = new float[6];
for (int step = 1; step <= 200; step++)
{
    for (int index = 0; index < theta.Length; index++) gradient[index] = theta[index] - target[index];
    overSpans.Step<float>(step, theta, gradient, new(m, v), theta, new(m, v));
}

Console.WriteLine($"4. spans        {string.Join(" ", theta.Select(value => $"{value:0.0000}"))}");
return 0;
