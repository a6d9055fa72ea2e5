namespace Functional.Optim;

/// <summary>A schedule by a function of the step; torch's LambdaLR. It has no text, so no JSON and no entry.</summary>
internal sealed record FunctionSchedule(Func<long, double> Function) : Schedule
{
    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Function(step);
}
