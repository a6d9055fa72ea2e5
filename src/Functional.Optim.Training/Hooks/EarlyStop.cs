using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>
/// Ends a run whose validation loss has stopped falling: after a number of evaluations in a row without a better one
/// (Prechelt, 1998, <see href="https://doi.org/10.1007/3-540-49430-8_3">doi:10.1007/3-540-49430-8_3</see>).
/// </summary>
public sealed class EarlyStop : TrainHook
{
    private readonly long patience;
    private readonly double minImprovement;

    private EarlyStop(long patience, double minImprovement) =>
        (this.patience, this.minImprovement) = (patience, minImprovement);

    /// <inheritdoc/>
    public override string Name => "earlyStop";

    /// <summary>Makes the hook.</summary>
    /// <param name="patience">How many evaluations in a row may be no better; 1 or more.</param>
    /// <param name="minImprovement">By how much a loss has to be lower to be better; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static EarlyStop OnValidation(long patience, double minImprovement = 0) => new ValidationErrors()
        .Require(patience, Bounds.AtLeast(1))
        .Require(minImprovement, Bounds.NotNegative)
        .Make(() => new EarlyStop(patience, minImprovement))
        .OrThrow(nameof(EarlyStop));

    /// <inheritdoc/>
    public override HookRun Start(HookStart start) => new Watching(this, start.Memory);

    private sealed class Watching(EarlyStop settings, string memory) : HookRun
    {
        private BestLoss best = BestLoss.Parse(memory);

        public override string Memory => best.ToString();

        public override HookRequest Begin() => best.Since < settings.patience
            ? HookRequest.None
            : HookRequest.Stop(string.Create(
                CultureInfo.InvariantCulture,
                $"the validation loss has not fallen below {best.Loss:g6} of step {best.Step} for {best.Since} "
                + $"evaluations"));

        public override HookRequest After<T>(in TrainMoment<T> moment)
        {
            if (moment.ValidationLoss is not { } loss) return HookRequest.None;
            best = best.With(loss, moment.Step, settings.minImprovement);
            return Begin();
        }
    }
}
