using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;   // LanguageExt has one too

namespace Functional.Optim.Tests.Examples;

/// <summary>What README.md shows of the catalogue, in a program that runs.</summary>
public class CatalogueExample
{
    [Fact]
    public void An_optimizer_from_text()
    {
        #region README.md
        Validation<Error, Optimizer> lion = Catalogue.Optimizers.Build(
            "lion(learningRate=cosine(peak=1e-4, totalSteps=2000), weightDecay=1, decay=matrices)");
        #endregion

        Schedule cosine = Schedule.Cosine(peak: 1e-4, totalSteps: 2000);
        Assert.Equal(Lion.Of(cosine, weightDecay: 1, decay: LeafFilter.Matrices), lion.OrThrow("lion"));
    }
}
