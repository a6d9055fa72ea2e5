namespace Functional.Optim.Training;

/// <summary>Which steps make an update.</summary>
/// <param name="NonFinite">What to do with a loss or a gradient that is not finite.</param>
/// <param name="MaxConsecutiveSkips">The maximum number of steps that this skips in a row.</param>
/// <param name="Accepts">
/// Whether a step with this loss and this norm of the gradient makes an update; <see langword="null"/> for all.
/// </param>
internal readonly record struct StepPolicy(
    NonFinitePolicy NonFinite, long MaxConsecutiveSkips, Func<double, double, bool>? Accepts = null)
{
    /// <summary>Checks what callers gave.</summary>
    /// <exception cref="ArgumentException">There is no such policy, or the maximum is negative.</exception>
    internal void Require()
    {
        if (NonFinite is < NonFinitePolicy.Throw or > NonFinitePolicy.Zero)
            throw new ArgumentException($"The policy is {NonFinite}; allowed are Throw, Skip and Zero.");
        if (MaxConsecutiveSkips < 0)
            throw new ArgumentException($"maxConsecutiveSkips is {MaxConsecutiveSkips}; allowed is 0 or more.");
    }
}
