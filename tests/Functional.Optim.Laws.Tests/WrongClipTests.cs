using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

public class WrongClipTests
{
    [Fact]
    public void A_clip_by_norm_obeys_its_laws()
    {
        ClipLaws.All(Clip.ByGlobalNorm(0.5), 0.5);
        ClipLaws.All(Clip.ByLeafNorm(0.5, NormKind.L1), 0.5, NormKind.L1, leafByLeaf: true);
        ClipLaws.All(new NormClip(norm => Math.Min(1, 1 / norm)), 1);
    }

    [Fact]
    public void Another_norm_or_maximum_is_found_out()
    {
        Assert.Equal("NormAtMost", Broken(Clip.ByGlobalNorm(1.01)));
        Assert.Equal("NormAtMost", Broken(Clip.ByGlobalNorm(0.99)));
        Assert.Equal("NormAtMost", Broken(Clip.ByGlobalNorm(1, NormKind.Infinity)));
        Assert.Equal("NormAtMost", Broken(Clip.ByLeafNorm(1)));
    }

    /// <summary>torch's formula: the norm after is too small by a millionth.</summary>
    [Fact]
    public void A_number_added_to_the_norm_is_found_out() =>
        Assert.Equal("NormAtMost", Broken(new NormClip(norm => Math.Min(1, 1 / (norm + 1e-6)))));

    [Fact]
    public void A_clip_that_turns_around_is_found_out() =>
        Assert.Equal("Direction", Broken(new NormClip(norm => norm <= 1 ? 1 : -1 / norm)));

    [Fact]
    public void A_clip_where_none_is_due_is_found_out() =>
        Assert.Equal("Exactness", Broken(new NormClip(norm => norm <= 0.5 ? 0.999999 : Math.Min(1, 1 / norm))));

    [Fact]
    public void A_clip_that_goes_on_clipping_is_found_out() =>
        Assert.Equal("Idempotence", Assert.Throws<LawException>(
            () => ClipLaws.Idempotence(new NormClip(norm => norm <= 0.5 ? 1 : 0.9))).Law);

    private static string Broken(Optimizer clip) =>
        Assert.Throws<LawException>(() => ClipLaws.All(clip, maximum: 1)).Law;

    /// <summary>A clip of one's own: scales the whole update by a factor of its norm.</summary>
    private sealed record NormClip(Func<double, double> Factor) : Transform
    {
        protected override bool NeedsStatistics => true;

        protected override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured) =>
            measured.Fill(Factor(update.Norm()));

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            // Rounded towards 0, so that the norm after is not above the maximum.
            T magnitude = T.CreateTruncating(Math.Abs(pass.Measured));
            if (double.CreateTruncating(magnitude) > Math.Abs(pass.Measured)) magnitude = T.BitDecrement(magnitude);
            pass.Add(first, new ScaleRule<T>(pass.Measured < 0 ? -magnitude : magnitude));
        }
    }
}
