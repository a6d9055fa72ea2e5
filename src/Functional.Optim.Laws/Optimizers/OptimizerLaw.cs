namespace Functional.Optim.Laws;

/// <summary>A law of <see cref="OptimizerLaws"/> as a value, so that a test can go through a list of them.</summary>
public sealed class OptimizerLaw
{
    private readonly Action<Optimizer> check;
    private readonly Func<Optimizer, string?> exemption;

    internal OptimizerLaw(string name, Action<Optimizer> check, Func<Optimizer, string?>? exemption = null) =>
        (Name, this.check, this.exemption) = (name, check, exemption ?? (static _ => null));

    /// <summary>The name of its method.</summary>
    public string Name { get; }

    /// <summary>
    /// Why it need not hold for an optimizer of such transforms; <see langword="null"/> where it has to.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    public string? Exemption(Optimizer optimizer) => exemption(optimizer);

    /// <summary>Checks it, whether the optimizer is exempt or not.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">It does not hold.</exception>
    public void Check(Optimizer optimizer) => check(optimizer);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
