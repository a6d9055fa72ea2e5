using ScottPlot;
using SkiaSharp;

namespace CommandLine;

/// <summary>The font of the pictures.</summary>
public static class PictureFont
{
    // The default font of a bare Linux has serifs.
    private static readonly string[] Sans =
        ["Segoe UI", "Helvetica", "Arial", "Open Sans", "Noto Sans", "DejaVu Sans", "Liberation Sans"];

    /// <summary>The first font without serifs that is installed.</summary>
    public static string Name { get; } =
        Sans.Intersect(SKFontManager.Default.FontFamilies).FirstOrDefault(Fonts.Default);
}
