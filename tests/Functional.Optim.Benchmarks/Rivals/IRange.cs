namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>A step over a range of parameters, in place; a type, so that the JIT specializes the loop for it.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IRange<T>
    where T : unmanaged
{
    /// <summary>Makes the step. All spans have the same length.</summary>
    /// <param name="theta">The parameters.</param>
    /// <param name="gradient">The gradients.</param>
    /// <param name="m">The first moments.</param>
    /// <param name="v">The second moments.</param>
    static abstract void Step(Span<T> theta, ReadOnlySpan<T> gradient, Span<T> m, Span<T> v);
}
