namespace Functional.Optim;

/// <summary>How decoupled weight decay goes by the learning rate and the update u of an optimizer.</summary>
public enum DecayForm
{
    /// <summary>By the rate: θ' = θ − η·(u + λ·θ).</summary>
    Scaled,

    /// <summary>
    /// By the rate, and only where it does not work against the update: θ' = θ − η·(u + λ·θ·[u·θ ≥ 0]) (cautious weight
    /// decay, arXiv:2510.12402).
    /// </summary>
    Cautious,

    /// <summary>
    /// By the rate and its part of the largest rate of the schedule: θ' = θ − η·(u + λ·η/η_max·θ) (Defazio, 2025,
    /// arXiv:2506.02285).
    /// </summary>
    Corrected,

    /// <summary>Whatever the rate is: θ' = θ − η·u − λ·θ.</summary>
    Independent,
}
