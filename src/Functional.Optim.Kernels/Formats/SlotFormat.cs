namespace Functional.Optim.Kernels;

/// <summary>How the numbers of a slot are stored.</summary>
internal enum SlotFormat : byte
{
    /// <summary>As the computation has them.</summary>
    Full,

    /// <summary><see cref="Kernels.BFloat16"/>.</summary>
    BFloat16,

    /// <summary><see cref="Float8Code"/> in blocks.</summary>
    Float8,

    /// <summary><see cref="LinearCode"/>, or <see cref="RootCode"/> where no number is negative, in blocks.</summary>
    Int8,
}
