namespace Functional.Optim.Training;

/// <summary>Windows of a token sequence, row after row, and the tokens to be predicted: the same windows one token later.</summary>
/// <param name="Inputs">Rows × Context tokens.</param>
/// <param name="Targets">Rows × Context tokens; target i of a row follows its input i in the text.</param>
/// <param name="Rows">The number of windows.</param>
/// <param name="Context">The tokens of a window.</param>
public readonly record struct TokenBatch(ReadOnlyMemory<int> Inputs, ReadOnlyMemory<int> Targets, int Rows, int Context);
