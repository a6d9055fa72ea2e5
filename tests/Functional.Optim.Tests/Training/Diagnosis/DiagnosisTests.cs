using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Diagnoses;

/// <summary>Each fault in a run that was trained with it; the healthy run has none.</summary>
public class DiagnosisTests
{
    private static readonly Optimizer Healthy = Clip.ByGlobalNorm(1)
        .Then(AdamW.Of(Schedule.WarmupCosine(0.01, 10, 300, 0.001), weightDecay: 0.01, decay: LeafFilter.Matrices));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public async Task A_healthy_run_has_no_findings(int batch)
    {
        Run run = await Run.Of(new(noise: 0.2), Healthy, 300, batch);
        Assert.Empty(run.Findings);
        Assert.True(run.Result.History[^1].Loss < run.Result.History[0].Loss / 2);
    }

    [Fact]
    public async Task A_loss_that_becomes_infinite_explodes_and_its_gradient_is_named()
    {
        Run run = await Run.Of(new(), Sgd.Of(30), 100);
        Assert.Equal(StopReason.NonFinite, run.Result.Reason);
        Finding gradients = run.Find(Fault.NonFiniteGradients)!;
        Assert.Equal((run.Result.Failure!.Step, run.Result.Failure.Leaf), (gradients.Step, gradients.Leaf));

        run = await Run.Of(new(), Sgd.Of(30), 100, policy: NonFinitePolicy.Zero);
        Finding loss = run.Find(Fault.LossExploding)!;
        StepReport first = run.Result.History.First(report => !double.IsFinite(report.Loss));
        Assert.Equal((first.Step, first.Loss), (loss.Step, loss.Value));
        Assert.Contains($"at step {first.Step}", loss.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_linear_model_above_its_largest_stable_rate_explodes_with_its_gradients_and_updates()
    {
        Run run = await Run.Of(new(depth: 1), Sgd.Of(1.5), 40);
        Assert.True(double.IsFinite(run.Result.History[^1].Loss));
        Finding loss = run.Find(Fault.LossExploding)!, gradients = run.Find(Fault.ExplodingGradients)!;
        Assert.True(loss.Value > loss.Bound && gradients.Value > gradients.Bound);
        Assert.NotNull(run.Find(Fault.ExplodingUpdates));
        Assert.NotNull(run.Find(Fault.LearningRateTooHigh));
        Assert.Null(run.Find(Fault.LossNotFalling));
    }

    [Fact]
    public async Task A_tiny_rate_does_not_lower_the_loss_and_is_too_low()
    {
        Run run = await Run.Of(new(), AdamW.Of(1e-7), 100);
        Assert.NotNull(run.Find(Fault.LossNotFalling));
        Finding rate = run.Find(Fault.LearningRateTooLow)!;
        Assert.InRange(rate.Value, 1e-8, rate.Bound);
        Assert.Null(run.Find(Fault.LearningRateTooHigh));
    }

    [Fact]
    public async Task A_low_rate_converges_slowly_in_a_straight_line()
    {
        Run run = await Run.Of(new(depth: 1), Sgd.Of(5e-4), 200);
        Finding slow = run.Find(Fault.SlowConvergence)!;
        Assert.InRange(slow.Value, 0.2, 0.3);
        Assert.Null(run.Find(Fault.LossNotFalling));
        Assert.Null(run.Find(Fault.LossExploding));
    }

    [Fact]
    public async Task Twenty_noisy_points_and_a_wide_network_overfit()
    {
        Run run = await Run.Of(new(points: 20, width: 64, noise: 0.5), AdamW.Of(0.03, weightDecay: 0), 600);
        Finding overfitting = run.Find(Fault.Overfitting)!;
        double[] held =
        [
            .. run.Result.History.Select(report => report.ValidationLoss).OfType<double>(),
        ];
        Assert.Equal(held[^1], overfitting.Value);
        Assert.True(held[^1] > held.Min());
    }

    [Fact]
    public async Task Batches_that_are_unlike_the_others_make_spikes()
    {
        Regression problem = new(noise: 0.2) { Factor = step => step is 120 or 200 ? 40 : 1 };
        Run run = await Run.Of(problem, Healthy, 300, batch: 16);
        Finding spikes = run.Find(Fault.LossSpikes)!;
        Assert.Equal(120, spikes.Step);
        Assert.True(spikes.Value > spikes.Bound);
        Assert.Contains("spikes so far: 2", spikes.Evidence, StringComparison.Ordinal);
        Assert.Null(run.Find(Fault.LearningRateTooHigh));
        problem = new(noise: 0.2) { Factor = step => step % 40 == 39 ? 40 : 1 };
        Assert.NotNull((await Run.Of(problem, Healthy, 300, batch: 16)).Find(Fault.LearningRateTooHigh));
    }

    [Fact]
    public async Task Layers_that_shrink_the_gradient_let_it_vanish()
    {
        Run run = await Run.Of(new(depth: 10, scale: 0.2), Sgd.Of(0.01), 50);
        Finding vanishing = run.Find(Fault.VanishingGradients)!;
        LeafNorm named = run.Norms[^1].Leaves.Single(leaf => leaf.Name == vanishing.Leaf);
        Assert.True(named.Gradient < 1e-4 * run.Norms[^1].Leaves.Max(leaf => leaf.Gradient));
        Assert.Null((await Run.Of(new(depth: 4), Healthy, 300)).Find(Fault.VanishingGradients));
    }

    [Fact]
    public async Task Units_that_are_0_for_every_input_are_dead()
    {
        Run run = await Run.Of(new(bias: -100), Sgd.Of(0.01), 50);
        Finding dead = run.Find(Fault.DeadLeaves)!;
        Assert.Equal("w0", dead.Leaf);
        Assert.Contains("3 of 4 leaves", dead.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frozen_leaf_is_dead_unless_it_is_said_to_be_frozen()
    {
        Optimizer frozen = Healthy.WithGroups(LeafGroup.Frozen("first", leaf => leaf.Name == "w0"));
        Run run = await Run.Of(new(noise: 0.2), frozen, 300);
        Assert.Equal("w0", run.Find(Fault.DeadLeaves)!.Leaf);
        Assert.DoesNotContain(
            Diagnosis.Of(run.Result, run.Norms, new HashSet<string> { "w0" }),
            finding => finding.Kind == Fault.DeadLeaves);
    }

    [Fact]
    public async Task Steps_without_an_update_are_no_dead_leaves()
    {
        Run run = await Run.Of(new(noise: 0.2), Accumulate.Of(3, Healthy), 900);
        Assert.Null(run.Find(Fault.DeadLeaves));
        Assert.Equal(300, run.Norms.Count(step => step.Leaves.Any(leaf => leaf.Update > 0)));
    }

    [Fact]
    public async Task Skipped_gradients_are_found_with_their_first_step_and_their_number()
    {
        Regression problem = new() { Factor = step => step is 30 or 60 ? float.NaN : 1 };
        Run run = await Run.Of(problem, Healthy, 100, policy: NonFinitePolicy.Skip);
        Finding skipped = run.Find(Fault.NonFiniteGradients)!;
        Assert.Equal(30, skipped.Step);
        Assert.Contains("2 steps were skipped up to step 100", skipped.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_that_makes_the_loss_jump_up_and_down_is_too_high()
    {
        Run run = await Run.Of(new(), AdamW.Of(1, weightDecay: 0), 200);
        Assert.NotNull(run.Find(Fault.LearningRateTooHigh));
        Assert.Null(run.Find(Fault.LearningRateTooLow));
    }

    [Fact]
    public async Task The_same_history_gives_the_same_findings_and_they_print()
    {
        Run run = await Run.Of(new(), AdamW.Of(1e-7), 100);
        Assert.Equal<IEnumerable<Finding>>(run.Findings, Diagnosis.Of(run.Result.History, run.Norms));
        string text = run.Find(Fault.LossNotFalling)!.ToString();
        string[] lines = text.Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.Equal("The loss does not fall", lines[0]);
        Assert.StartsWith("  evidence: the loss is ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  likely causes: ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("  try: sweep the learning rate", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_has_a_title_causes_and_remedies() => Assert.All(Enum.GetValues<Fault>(), kind =>
    {
        Finding finding = new(kind, 1, 0, 0, "");
        Assert.NotEmpty(finding.Title);
        Assert.NotEmpty(finding.LikelyCauses);
        Assert.NotEmpty(finding.WhatToTry);
    });

    [Fact]
    public void Histories_at_the_edges_are_judged_without_an_error()
    {
        Assert.Empty(Diagnosis.Of([], []));
        Assert.Empty(Diagnosis.Of([Report(1, 2)], []));
        Assert.Equal(
            [Fault.LossExploding],
            Diagnosis.Of([.. Reports(100, _ => double.NaN)], []).Select(finding => finding.Kind));
        Assert.Equal(
            [Fault.LossNotFalling], Diagnosis.Of([.. Reports(100, _ => 3)], []).Select(finding => finding.Kind));
        Assert.Empty(Diagnosis.Of([.. Reports(100, step => -100 * (1 - Math.Exp(-step / 10.0)) - 1)], []));
        Diagnosis.Of([.. Reports(100, step => step % 2 == 0 ? 1e300 : -1e300)], []);
        LeafNorms none = new(1, [new("w", 0, 0, 0), new("v", double.NaN, double.PositiveInfinity, double.NaN)]);
        Diagnosis.Of([], [.. Enumerable.Repeat(none, 100)]);
    }

    private static IEnumerable<StepReport> Reports(int count, Func<int, double> loss) =>
        Enumerable.Range(1, count).Select(step => Report(step, loss(step)));

    private static StepReport Report(long step, double loss) =>
        new(step, 100, loss, 0.1, 1, 1, default, null, 1, 1, 0);
}
