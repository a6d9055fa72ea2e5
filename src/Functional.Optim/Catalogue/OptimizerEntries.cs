using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The optimizers of the library as entries; each record has its own.</summary>
internal static class OptimizerEntries
{
    internal static ImmutableArray<CatalogueEntry<Optimizer>> All { get; } =
    [
        Sgd.Entry, Adam.Entry, AdamW.Entry, AdamC.Entry, NAdam.Entry, NAdamW.Entry, RAdam.Entry, Adamax.Entry,
        Adagrad.Entry, Adadelta.Entry, RmsProp.Entry, Asgd.Entry, Rprop.Entry, AdaBelief.Entry, Yogi.Entry,
        LaProp.Entry, Adopt.Entry, AdEmaMix.Entry, Mars.Entry, Adan.Entry, SophiaG.Entry, StableAdamW.Entry, Lion.Entry,
        Signum.Entry, Lamb.Entry, Lars.Entry, NovoGrad.Entry, Fromage.Entry, Adafactor.Entry, Came.Entry, Sm3.Entry,
        Muon.Entry, NorMuon.Entry, Soap.Entry, ScheduleFree.Entry, Prodigy.Entry, DAdaptAdam.Entry, DAdaptLion.Entry,
        DAdaptSgd.Entry,
    ];

    internal static CatalogueEntry<Lbfgs> Lbfgs => Optim.Lbfgs.Entry;

    /// <summary>The scalings of those that have one as a transform.</summary>
    internal static ImmutableArray<CatalogueEntry<Optimizer>> Scalings { get; } =
        [.. All.Select(entry => entry.Scaling).OfType<CatalogueEntry<Optimizer>>()];
}
