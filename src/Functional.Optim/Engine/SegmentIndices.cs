namespace Functional.Optim;

/// <summary>Which rule and which addresses of a pass a segment uses. Segments with the same ones share them.</summary>
/// <param name="Rule">The index of the rule.</param>
/// <param name="Memory">The index of the addresses.</param>
internal readonly record struct SegmentIndices(int Rule, int Memory);
