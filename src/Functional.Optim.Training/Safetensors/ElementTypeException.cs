namespace Functional.Optim.Training;

/// <summary>A tensor of a file has elements of another type than those that were requested.</summary>
internal sealed class ElementTypeException(string message) : IOException(message);
