using System.Collections.Immutable;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Diagnoses;

/// <summary>A short run that was really trained: its result and the norms of its leaves at each step.</summary>
internal sealed record Run(TrainResult<float> Result, ImmutableArray<LeafNorms> Norms)
{
    internal ImmutableArray<Finding> Findings => Diagnosis.Of(Result, Norms);

    /// <summary>The findings of one kind, of which there is one at most.</summary>
    internal Finding? Find(Fault kind) => Findings.SingleOrDefault(finding => finding.Kind == kind);

    /// <summary>
    /// Trains on all points at once, or on batches of some of them, which the step chooses. The norms are measured by
    /// the pure step, with the same gradients.
    /// </summary>
    internal static async Task<Run> Of(
        Regression problem,
        Optimizer optimizer,
        int steps,
        int batch = 0,
        NonFinitePolicy policy = NonFinitePolicy.Throw,
        int evaluateEvery = 10)
    {
        BatchSource<int[]> batches = step => batch == 0
            ? problem.Training
            : [.. problem.Training.OrderBy(point => new Philox((ulong)step).Uniform((ulong)point)).Take(batch)];
        List<LeafNorms> norms = [];
        TrainState<float> twin = TrainState.Init(optimizer, problem.Start);
        TrainModel<float, int[]> model = new(
            (at, points, step) =>
            {
                (double loss, ParameterTree<float> gradients) = problem.Gradient(at, points, step);
                if (!double.IsFinite(gradients.GlobalNorm())) return (loss, gradients);
                (TrainState<float> next, _) = TrainStep.Run(optimizer, (_, _, _) => (loss, gradients), twin, points);
                norms.Add(LeafNorms.Of(step, twin.Parameters, gradients, next.Parameters));
                twin = next;
                return (loss, gradients);
            },
            (at, points) => Differentiate.Value(problem.LossOf(points), at));
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(steps, evaluateEvery, evaluationBatches: 1, nonFinitePolicy: policy),
            model,
            optimizer,
            new TrainData<int[]>(batches, _ => problem.Held),
            TrainState.Init(optimizer, problem.Start.Copy()));
        return new(result, [.. norms]);
    }
}
