namespace Functional.Optim.Kernels;

/// <summary>
/// The number of rows of a micro-tile as a type, so that the JIT compiles a separate kernel for each.
/// </summary>
internal interface IRowCount
{
    static abstract int Value { get; }
}

/// <summary>1.</summary>
internal readonly struct OneRow : IRowCount
{
    public static int Value => 1;
}

/// <summary>2.</summary>
internal readonly struct TwoRows : IRowCount
{
    public static int Value => 2;
}

/// <summary>3.</summary>
internal readonly struct ThreeRows : IRowCount
{
    public static int Value => 3;
}

/// <summary>4.</summary>
internal readonly struct FourRows : IRowCount
{
    public static int Value => 4;
}

/// <summary>5.</summary>
internal readonly struct FiveRows : IRowCount
{
    public static int Value => 5;
}

/// <summary>6.</summary>
internal readonly struct SixRows : IRowCount
{
    public static int Value => 6;
}
