using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The sign of the update: u' = sign(u) (Bernstein et al., 2018, arXiv:1802.04434). After a mean of the gradients it
/// makes Signum of them; the sign of 0 is 0.
/// </summary>
public sealed record Sign : Transform
{
    private Sign()
    {
    }

    /// <summary>The transform.</summary>
    public static Sign Of() => new();

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, default(SignRule<T>));
}
