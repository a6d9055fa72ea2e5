namespace CommandLine;

/// <summary>Writes texts in lines of a maximum length.</summary>
/// <param name="output">Where they are written.</param>
/// <param name="width">The maximum length of a line; a longer word has a line of its own.</param>
public sealed class HelpLines(TextWriter output, int width)
{
    /// <summary>The maximum length of a line of the help.</summary>
    public const int MaxWidth = 100;

    /// <summary>Writes a text. Every line after the first is indented by the length of the front.</summary>
    /// <param name="front">What stands before the text in the first line.</param>
    /// <param name="text">The text.</param>
    public void Write(string front, string text)
    {
        ArgumentNullException.ThrowIfNull(front);
        ArgumentNullException.ThrowIfNull(text);
        string line = front;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > front.Length && line.Length + word.Length > width)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', front.Length);
            }

            line += $"{word} ";
        }

        output.WriteLine(line.TrimEnd());
    }
}
