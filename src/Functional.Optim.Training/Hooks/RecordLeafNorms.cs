namespace Functional.Optim.Training;

/// <summary>Measures the norms of parameters, gradients and updates of each leaf every so many steps.</summary>
/// <remarks>Where a measurement cannot be recorded, that is told once, and training goes on without.</remarks>
public sealed class RecordLeafNorms : TrainHook
{
    private readonly long every;
    private readonly IProgress<LeafNorms> record;

    private RecordLeafNorms(long every, IProgress<LeafNorms> record) => (this.every, this.record) = (every, record);

    /// <inheritdoc/>
    public override string Name => "leafNorms";

    /// <summary>Makes the hook; it measures nothing for a <see cref="FunctionOptimizer"/>.</summary>
    /// <param name="every">The number of steps from one measurement to the next; 1 or more.</param>
    /// <param name="record">Gets each measurement, such as a <see cref="LeafNormsFile"/>.</param>
    /// <exception cref="ArgumentException">The number is below 1, or there is nothing to record to.</exception>
    public static RecordLeafNorms Every(long every, IProgress<LeafNorms> record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new ValidationErrors()
            .Require(every, Bounds.AtLeast(1))
            .Make(() => new RecordLeafNorms(every, record))
            .OrThrow(nameof(RecordLeafNorms));
    }

    /// <inheritdoc/>
    public override HookRun Start(HookStart start) => new Measuring(this, start);

    private sealed class Measuring(RecordLeafNorms settings, HookStart start) : HookRun
    {
        private bool records = true;

        // All processes measure together, also where one cannot record.
        public override bool NeedsBefore(long step) => step % settings.every == 0;

        public override HookRequest After<T>(in TrainMoment<T> moment)
        {
            if (moment.Before.IsDefault || !NeedsBefore(moment.Step)) return HookRequest.None;
            LeafNorms norms = LeafNorms.Of(moment.Step, moment.Before, moment.Gradients, moment.State.Parameters);
            if (!records) return HookRequest.None;
            try
            {
                settings.record.Report(norms);
            }
            catch (Exception exception)
            {
                records = false;
                start.Notify($"the norms of the leaves are recorded no more: {exception.Message}");
            }

            return HookRequest.None;
        }
    }
}
