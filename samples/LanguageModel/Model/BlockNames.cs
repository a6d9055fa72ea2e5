namespace LanguageModel;

/// <summary>The names of the parameters of one block.</summary>
internal sealed record BlockNames(int Block)
{
    internal string FirstNorm { get; } = $"block{Block}.norm1.weight";

    internal string FirstNormBias { get; } = $"block{Block}.norm1.bias";

    internal string Attention { get; } = $"block{Block}.attention.weight";

    internal string AttentionBias { get; } = $"block{Block}.attention.bias";

    internal string Projection { get; } = $"block{Block}.projection.weight";

    internal string ProjectionBias { get; } = $"block{Block}.projection.bias";

    internal string SecondNorm { get; } = $"block{Block}.norm2.weight";

    internal string SecondNormBias { get; } = $"block{Block}.norm2.bias";

    internal string Expand { get; } = $"block{Block}.expand.weight";

    internal string ExpandBias { get; } = $"block{Block}.expand.bias";

    internal string Contract { get; } = $"block{Block}.contract.weight";

    internal string ContractBias { get; } = $"block{Block}.contract.bias";
}
