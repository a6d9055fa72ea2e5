#:package AngleSharp

using AngleSharp.Dom;
using AngleSharp.Html.Parser;

// Checks that every link in the pages of a folder leads to a file of the folder, and to a place in it. Links to other sites
// are not followed. Usage: links.cs FOLDER
string root = Path.GetFullPath(args[0]);
Uri site = new("http://site/");
HtmlParser parser = new();
Dictionary<string, IDocument> pages = Directory.GetFiles(root, "*.html", SearchOption.AllDirectories).ToDictionary(
    file => Path.GetRelativePath(root, file).Replace('\\', '/'),
    file => (IDocument)parser.ParseDocument(File.ReadAllText(file)));
string[] broken =
[
    .. from page in pages
       from element in page.Value.QuerySelectorAll("a[href], img[src], link[href], script[src]")
       let link = element.GetAttribute("href") ?? element.GetAttribute("src")!
       where !LeadsSomewhere(page.Key, link)
       select $"{page.Key}: {link}",
];
foreach (string line in broken.Distinct()) Console.Error.WriteLine($"broken link in {line}");
Console.WriteLine($"{pages.Count} pages, {broken.Length} broken links");
return broken.Length == 0 && pages.Count > 0 ? 0 : 1;

bool LeadsSomewhere(string page, string link)
{
    Uri target = new(new Uri(site, page), link);
    if (target.Host != site.Host) return true;
    string file = Uri.UnescapeDataString(target.AbsolutePath[1..]);
    string place = Uri.UnescapeDataString(target.Fragment.TrimStart('#'));
    return pages.TryGetValue(file, out IDocument? to)
        ? place.Length == 0 || to.GetElementById(place) is not null
        : place.Length == 0 && File.Exists(Path.Combine(root, file));
}
