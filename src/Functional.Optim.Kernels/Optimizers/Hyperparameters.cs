namespace Functional.Optim.Kernels;

/// <summary>What the constants of every optimizer have in common.</summary>
internal static class Hyperparameters
{
    /// <summary>Refuses the constants of <c>default</c>: they are 0, which are not the defaults.</summary>
    /// <param name="made">Whether a constructor made the constants.</param>
    /// <param name="type">The name of their type.</param>
    /// <exception cref="ArgumentException">No constructor made them.</exception>
    internal static void RequireMade(bool made, string type)
    {
        if (!made) throw NotMade(type);
    }

    private static ArgumentException NotMade(string type) => new(
        $"The constants are default({type}), each of them 0; allowed is what a constructor makes, such as new {type} {{ … }}.");
}
