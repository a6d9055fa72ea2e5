#:package AngleSharp

using AngleSharp.Dom;
using AngleSharp.Html.Parser;

// Checks that every link in the pages of a folder leads to a file of the folder, and to a place in it. Links to other sites
// are not followed. Usage: links.cs FOLDER
string root = Path.GetFullPath(args[0]);
HtmlParser parser = new();
Dictionary<string, IDocument> pages = Directory.GetFiles(root, "*.html", SearchOption.AllDirectories)
    .ToDictionary(file => file, file => (IDocument)parser.ParseDocument(File.ReadAllText(file)));
string[] broken =
[
    .. from page in pages
       from element in page.Value.QuerySelectorAll("a[href], img[src], link[href], script[src]")
       let link = element.GetAttribute("href") ?? element.GetAttribute("src")!
       where !LeadsSomewhere(page.Key, link)
       select $"{Path.GetRelativePath(root, page.Key)}: {link}",
];
foreach (string line in broken.Distinct()) Console.Error.WriteLine($"broken link in {line}");
Console.WriteLine($"{pages.Count} pages, {broken.Length} broken links");
return broken.Length == 0 && pages.Count > 0 ? 0 : 1;

bool LeadsSomewhere(string page, string link)
{
    Uri target = new(new Uri(page), link);
    if (!target.IsFile) return true;
    string file = target.LocalPath;
    if (!file.StartsWith(root, StringComparison.Ordinal)) return false;
    if (Directory.Exists(file)) file = Path.Combine(file, "index.html");
    string place = Uri.UnescapeDataString(target.Fragment.TrimStart('#'));
    return File.Exists(file)
        && (place.Length == 0 || (pages.TryGetValue(file, out IDocument? to) && to.GetElementById(place) is not null));
}
