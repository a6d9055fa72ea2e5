using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The optimizers of the library as entries; each record has its own.</summary>
internal static class OptimizerEntries
{
    internal static ImmutableArray<CatalogueEntry<Optimizer>> All { get; } =
    [
        Sgd.Entry, Adam.Entry, AdamW.Entry, NAdam.Entry, RAdam.Entry, Adamax.Entry, Adagrad.Entry, Adadelta.Entry,
        RmsProp.Entry, Asgd.Entry, Rprop.Entry, Lion.Entry, Lamb.Entry, Lars.Entry, AdaBelief.Entry, Yogi.Entry,
        LaProp.Entry, Adafactor.Entry, NovoGrad.Entry, ScheduleFree.Entry, Muon.Entry, Prodigy.Entry, DAdaptAdam.Entry,
        DAdaptLion.Entry, DAdaptSgd.Entry, Mars.Entry, Fromage.Entry, StableAdamW.Entry, Soap.Entry, NorMuon.Entry,
        AdamC.Entry, Adopt.Entry, AdEmaMix.Entry, Adan.Entry, NAdamW.Entry, Signum.Entry, SophiaG.Entry, Came.Entry,
        Sm3.Entry,
    ];

    internal static CatalogueEntry<Lbfgs> Lbfgs => Optim.Lbfgs.Entry;

    /// <summary>The scalings of those that have one as a transform.</summary>
    internal static ImmutableArray<CatalogueEntry<Optimizer>> Scalings { get; } =
        [.. All.Select(entry => entry.Scaling).OfType<CatalogueEntry<Optimizer>>()];
}
