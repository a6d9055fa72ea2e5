using System.Collections.Immutable;

namespace Experiments;

/// <summary>The result of an experiment.</summary>
/// <param name="Finding">The result in one or two sentences, made from the figures.</param>
/// <param name="Tables">The tables, the most important first.</param>
/// <param name="Pictures">The pictures.</param>
public sealed record Report(string Finding, ImmutableArray<Table> Tables, ImmutableArray<Picture> Pictures);
