namespace Functional.Optim.Laws;

/// <summary>When in the course of a step somebody else's code runs.</summary>
internal enum Moment
{
    /// <summary>A schedule is asked for the rate.</summary>
    Schedule,

    /// <summary>A group is asked whether a leaf belongs to it.</summary>
    Group,

    /// <summary>A transform measures the update.</summary>
    Measure,

    /// <summary>A transform rewrites the update.</summary>
    TransformLeaf,

    /// <summary>A transform appends its rule.</summary>
    Append,
}
