namespace Functional.Optim.Native;

/// <summary>What a call returns, as in the header.</summary>
internal enum Status
{
    Ok = 0,
    Invalid = 1,
    BadHandle = 2,
    NotBound = 3,
    Mismatch = 4,
    NotFinite = 5,
    File = 6,

    // 7 is that of a processor without the instructions, 10 that of a forked process: there no managed code runs.
    OutOfMemory = 8,
    Internal = 9,
}
