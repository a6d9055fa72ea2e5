namespace Functional.Optim.Training;

/// <summary>A number of an event, under its tag in UTF-8.</summary>
internal readonly record struct TensorBoardScalar(byte[] Tag, float Value);
