using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Makes the update of each matrix nearly orthogonal: u = U·S·Vᵀ becomes U·S'·Vᵀ with singular values S' near 1, by a
/// <see cref="NewtonSchulz"/> iteration in the precision of the parameters, then multiplies it by a scale of its shape.
/// </summary>
/// <remarks>
/// The rows of a leaf are its first dimension and the columns all others together, as for the filters of a convolution.
/// A vector or a scalar is refused by <see cref="Optimizer.Init"/>. In five steps singular values of 1/100 of the norm
/// and more come to lie between 0.68 and 1.14 by torch's and Jordan's polynomial, between 0.85 and 1.15 by Polar
/// Express, and between 0.97 and 1.04 by Dion's; the smallest grow by a factor of 485, 970 and 493. A zero matrix stays
/// zero. A NaN or an infinity makes its leaf NaN, and no other. torch and others round the matrix to bfloat16 first;
/// this does not.
/// </remarks>
public sealed record Orthogonalize : Transform
{
    private static readonly Form Jordan = new([new(3.4445, -4.7750, 2.0315)]);

    private static readonly Form Torch = Jordan with { AddsEpsilon = false };

    private static readonly Form PolarExpress = new(
    [
        new(8.156554524902461, -22.48329292557795, 15.878769915207462),
        new(4.042929935166739, -2.808917465908714, 0.5000178451051316),
        new(3.8916678022926607, -2.772484153217685, 0.5060648178503393),
        new(3.285753657755655, -2.3681294933425376, 0.46449024233003106),
        new(2.3465413258596377, -1.7097828382687081, 0.42323551169305323),
    ], Safety: 1.02, Epsilon: 1e-6);

    private static readonly Form Dion = new(
    [
        new(4.0848, -6.8946, 2.9270), new(3.9505, -6.3029, 2.6377), new(3.7418, -5.5913, 2.3037),
        new(2.8769, -3.1427, 1.2046), new(2.8366, -3.0525, 1.2012),
    ]);

    private Orthogonalize()
    {
    }

    /// <summary>
    /// A polynomial for each step; the last one goes on where there are more steps. One or more, finite.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is not finite.</exception>
    public ImmutableArray<Quintic> Polynomials
    {
        get;
        init => field = !value.IsDefaultOrEmpty && value.All(polynomial => polynomial.IsFinite)
            ? value
            : throw new ArgumentException(
                $"{nameof(Polynomials)} is [{(value.IsDefault ? "" : string.Join(", ", value))}]; "
                + "allowed are one or more, finite.");
    }

    /// <summary>The number of steps; 1 or more.</summary>
    public int Steps { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>What the norm is multiplied by before the division; finite and positive.</summary>
    public double Safety { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>ε, the least divisor, or what is added to it; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether ε is added to the divisor, and not the least one.</summary>
    public bool AddsEpsilon { get; init; }

    /// <summary>What the result is multiplied by.</summary>
    public MatrixScale Scale { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    /// <summary>The transform.</summary>
    /// <param name="variant">Which polynomials, and by what the matrix is divided before.</param>
    /// <param name="steps">The number of steps; 1 or more, and no less than there are polynomials.</param>
    /// <param name="scale">What the result is multiplied by.</param>
    /// <param name="coefficients">a, b and c of a polynomial for each step, the last of which goes on; finite, or none
    /// for those of the variant.</param>
    /// <param name="epsilon">ε, finite and not negative; that of the variant when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">There is no such variant or scale, there are too few steps, or coefficients
    /// are not finite or not three for each polynomial; every error is listed.</exception>
    public static Orthogonalize Of(
        NewtonSchulzVariant variant = NewtonSchulzVariant.Torch, int steps = 5, MatrixScale scale = MatrixScale.None,
        IEnumerable<double>? coefficients = null, double? epsilon = null) =>
        Setting.Make(() =>
        {
            Form form = FormOf(Setting.Check(variant, nameof(variant)));
            double[] given = [.. coefficients ?? []];
            bool isWhole = given.Length % 3 == 0 && Array.TrueForAll(given, double.IsFinite);
            Setting.Require(
                isWhole, string.Join(", ", given.Select(number => number.ToString(CultureInfo.InvariantCulture))),
                "three finite numbers for each polynomial", nameof(coefficients));
            ImmutableArray<Quintic> polynomials = isWhole && given.Length > 0
                ? [.. given.Chunk(3).Select(three => new Quintic(three[0], three[1], three[2]))]
                : form.Polynomials;
            // Below 1 the setter says it.
            if (steps >= 1) Setting.Check(steps, Bounds.AtLeast(polynomials.Length), nameof(steps));
            return new Orthogonalize
            {
                Polynomials = polynomials, Steps = steps, Scale = scale, AddsEpsilon = form.AddsEpsilon,
                Safety = form.Safety, Epsilon = epsilon ?? form.Epsilon,
            };
        });

    /// <inheritdoc/>
    public bool Equals(Orthogonalize? other) =>
        base.Equals(other) && Polynomials.AsSpan().SequenceEqual(other!.Polynomials.AsSpan())
        && (Steps, Safety, Epsilon, AddsEpsilon, Scale)
            == (other.Steps, other.Safety, other.Epsilon, other.AddsEpsilon, other.Scale);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Polynomials[0], Polynomials.Length, Steps, Safety, Epsilon, AddsEpsilon, Scale);

    /// <inheritdoc/>
    protected internal override string? Refuses(Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        if (RefusesVector(leaf) is { } reason) return reason;
        long scratch = NewtonSchulz.ScratchLength(RowsOf(leaf), ColumnsOf(leaf));
        return scratch <= AlignedBuffer<double>.MaxLength
            ? null
            : $"{leaf} needs {scratch} elements to be orthogonalized in; "
                + $"allowed are up to {AlignedBuffer<double>.MaxLength}. Give it to "
                + "another optimizer by a partition.";
    }

    /// <summary>Why a leaf is no matrix; <see langword="null"/> where it is one.</summary>
    internal static string? RefusesVector(Leaf leaf) => leaf.Rank >= 2
        ? null
        : $"{leaf} has rank {leaf.Rank}; what is orthogonalized is a matrix, of rank 2 or more. "
            + "Give it to another optimizer, as partition(matrices=…, all=adamW(learningRate=0.0003)) does; "
            + "in C#, Partition.Of((LeafFilter.Matrices, optimizer), (LeafFilter.All, AdamW.Of(3e-4))).";

    /// <summary>The scale of the leaf's shape.</summary>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) => FactorOf(Scale, leaf);

    /// <summary>What a scale is for the shape of a leaf.</summary>
    internal static double FactorOf(MatrixScale scale, Leaf leaf)
    {
        double rows = RowsOf(leaf), columns = ColumnsOf(leaf);
        return scale switch
        {
            MatrixScale.Original => Math.Sqrt(Math.Max(1, rows / columns)),
            MatrixScale.MatchRms => 0.2 * Math.Sqrt(Math.Max(rows, columns)),
            MatrixScale.Spectral => Math.Sqrt(rows / columns),
            _ => 1,
        };
    }

    /// <inheritdoc/>
    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> matrix = leaf.Output;
        Normalize(leaf.Input, matrix);
        NewtonSchulz.Run(
            matrix, RowsOf(leaf.Leaf), ColumnsOf(leaf.Leaf), Polynomials.AsSpan(), Steps, leaf.Scratch<T>());
    }

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Factor)));

    /// <summary>As many as for doubles, which floats fill by half.</summary>
    protected internal override int ScratchLength(Leaf leaf) =>
        (int)NewtonSchulz.ScratchLength(RowsOf(leaf), ColumnsOf(leaf));

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (base.PrintMembers(builder)) builder.Append(", ");
        builder.Append("Polynomials = [").AppendJoin(", ", Polynomials)
            .Append(CultureInfo.InvariantCulture, $"], Steps = {Steps}, Safety = {Safety}, ")
            .Append(CultureInfo.InvariantCulture, $"Epsilon = {Epsilon}, AddsEpsilon = {AddsEpsilon}, Scale = {Scale}");
        return true;
    }

    /// <summary>
    /// The variant that divides as this does, with the same polynomials if one has them; torch's where none does.
    /// </summary>
    internal NewtonSchulzVariant Variant
    {
        get
        {
            NewtonSchulzVariant[] alike = Array.FindAll(Enum.GetValues<NewtonSchulzVariant>(), variant =>
                FormOf(variant) is var form && (form.AddsEpsilon, form.Safety) == (AddsEpsilon, Safety));
            int same = Array.FindIndex(alike, variant => HasPolynomialsOf(FormOf(variant)));
            return alike.Length == 0 ? NewtonSchulzVariant.Torch : alike[Math.Max(same, 0)];
        }
    }

    /// <summary>a, b and c of each polynomial; none where they are those of the variant.</summary>
    internal IEnumerable<double> Coefficients => HasPolynomialsOf(FormOf(Variant))
        ? []
        : Polynomials.SelectMany(polynomial => (double[])[polynomial.A, polynomial.B, polynomial.C]);

    /// <summary>ε; <see langword="null"/> where it is that of the variant.</summary>
    internal double? OwnEpsilon => Epsilon == FormOf(Variant).Epsilon ? null : Epsilon;

    private bool HasPolynomialsOf(Form form) => Polynomials.AsSpan().SequenceEqual(form.Polynomials.AsSpan());

    private static Form FormOf(NewtonSchulzVariant variant) => variant switch
    {
        NewtonSchulzVariant.Jordan => Jordan,
        NewtonSchulzVariant.PolarExpress => PolarExpress,
        NewtonSchulzVariant.Dion => Dion,
        _ => Torch,
    };

    /// <summary>The number of rows of a leaf as a matrix.</summary>
    internal static int RowsOf(Leaf leaf) => leaf.Shape[0];

    private static int ColumnsOf(Leaf leaf) => leaf.Length / leaf.Shape[0];

    /// <summary>Divides a matrix by its norm; in double, where the norm of floats is in range.</summary>
    private void Normalize<T>(ReadOnlySpan<T> update, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double norm = BlockReduction.Norm(update);
        if (double.IsInfinity(norm))
        {
            // Of finite doubles too large for a norm, or with an infinite one, which becomes a NaN here.
            Divide(update, BlockReduction.MaxAbs(update), result);
            update = result;
            norm = BlockReduction.Norm(update);
        }

        double divisor = AddsEpsilon ? (Safety * norm) + Epsilon : Math.Max(Safety * norm, Epsilon);
        Divide(update, divisor == 0 ? 1 : divisor, result);
    }

    /// <summary>Divides by a number rounded to the type, whether it is in its range or not.</summary>
    private static void Divide<T>(ReadOnlySpan<T> values, double divisor, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (T.CreateTruncating(divisor) is var inRange && T.IsNormal(inRange))
        {
            TensorPrimitives.Divide(values, inRange, result);
            return;
        }

        int exponent = double.IsFinite(divisor) ? Math.ILogB(divisor) : 0;
        double rounded = double.CreateTruncating(T.CreateTruncating(Math.ScaleB(divisor, -exponent)));
        rounded = Math.ScaleB(rounded, exponent);
        for (int index = 0; index < values.Length; index++)
            result[index] = T.CreateTruncating(double.CreateTruncating(values[index]) / rounded);
    }

    /// <summary>What a variant is.</summary>
    private sealed record Form(
        ImmutableArray<Quintic> Polynomials, bool AddsEpsilon = true, double Safety = 1, double Epsilon = 1e-7);
}
