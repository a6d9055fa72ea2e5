namespace Functional.Optim;

/// <summary>Which dimension of a weight counts its output units.</summary>
public enum OutputAxis
{
    /// <summary>The first: weights stored [outputs, inputs], as torch does.</summary>
    First,

    /// <summary>
    /// The last: weights stored [inputs, outputs], as Optax and this library's own matrix products take them.
    /// </summary>
    Last,
}
