namespace Functional.Optim;

/// <summary>
/// The rate of Adagrad with a learning-rate decay d, as in torch: η(t) / (1 + (t − 1)·d). The first update has η(1).
/// </summary>
internal sealed record AdagradRate(Schedule Inner, double Decay) : Schedule
{
    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Inner.At(step) / (1 + (Math.Max(0, step - 1) * Decay));
}
