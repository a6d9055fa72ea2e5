using System.Collections.Immutable;

namespace Experiments;

/// <summary>What an experiment shows.</summary>
/// <param name="Finding">What came out, in a sentence or two, made from the figures.</param>
/// <param name="Tables">The figures, the most important first.</param>
/// <param name="Pictures">What a table cannot show.</param>
public sealed record Report(string Finding, ImmutableArray<Table> Tables, ImmutableArray<Picture> Pictures);
