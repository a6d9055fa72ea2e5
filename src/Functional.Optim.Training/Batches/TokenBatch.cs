namespace Functional.Optim.Training;

/// <summary>Windows of a token sequence, row by row, and their targets: the same windows one token later.</summary>
/// <param name="Inputs">Rows × Context tokens.</param>
/// <param name="Targets">Rows × Context tokens; target i of a row is the token after its input i.</param>
/// <param name="Rows">The number of windows.</param>
/// <param name="Context">The number of tokens in a window.</param>
public readonly record struct TokenBatch(
    ReadOnlyMemory<int> Inputs, ReadOnlyMemory<int> Targets, int Rows, int Context);
