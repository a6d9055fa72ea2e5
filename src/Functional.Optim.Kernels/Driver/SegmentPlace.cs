namespace Functional.Optim.Kernels;

/// <summary>Where the rule and the memory of a segment stand among those of a pass: segments that are treated alike share them.</summary>
/// <param name="Rule">The number of the rule.</param>
/// <param name="Memory">The number of the memory.</param>
internal readonly record struct SegmentPlace(int Rule, int Memory);
