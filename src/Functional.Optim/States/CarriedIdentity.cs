namespace Functional.Optim;

/// <summary>
/// The <see cref="OptimizerState{T}.Identity"/> that a typed state carries along. All are equal, so that two typed states are equal
/// when their numbers are.
/// </summary>
internal readonly struct CarriedIdentity(string text) : IEquatable<CarriedIdentity>
{
    internal string Text => text ?? "";

    public bool Equals(CarriedIdentity other) => true;

    public override bool Equals(object? obj) => obj is CarriedIdentity;

    public override int GetHashCode() => 0;
}
