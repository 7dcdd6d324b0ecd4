using System.Data.Common;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Dapper;

namespace Albumen.Tree;

/// <summary>Which photos and clips somebody means: all that any of these selects.</summary>
/// <param name="Query">In the language of the search; null is none.</param>
/// <param name="Paths">In the tree, of files and folders.</param>
/// <param name="IsRecursive">A folder means everything below it.</param>
/// <param name="Assets">Beginnings of ids.</param>
/// <param name="Stacks">Whom each brings along that is in a stack.</param>
public sealed record Selection(string? Query, IReadOnlyList<string> Paths, bool IsRecursive, IReadOnlyList<string> Assets, StacksMeant Stacks = StacksMeant.None)
{
    public bool IsEmpty => Query is null && Paths.Count == 0 && Assets.Count == 0;
}

/// <summary>Who is meant with a photo that is in a stack.</summary>
public enum StacksMeant
{
    /// <summary>Nobody: each is meant for itself.</summary>
    None,
    /// <summary>Where a path means the entry that stands for a stack, the stack: what is shown as one goes as one.</summary>
    Entries,
    /// <summary>All members.</summary>
    All,
}

/// <summary>Finds the photos and clips that are meant, of a few or of 100,000 no more than their ids.</summary>
public sealed class AssetSelector(Database catalog, ArchiveTree tree, TimeProvider clock, BlurLines? blur = null)
{
    const int NodesPerPage = 1000;

    /// <summary>Looks up what is named. What comes back then finds it in the caller's transaction, each asset once.</summary>
    /// <exception cref="SelectionException">A path or an id means nothing.</exception>
    /// <exception cref="QueryException">The query cannot be understood.</exception>
    public Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> Prepare(Selection selection, Viewer viewer)
    {
        List<string> named = [], entries = [];
        foreach (string path in selection.Paths) (selection.Stacks is StacksMeant.Entries && Stacked.AreShownIn(path) ? entries : named).AddRange(At(path, selection.IsRecursive, viewer));
        foreach (string prefix in selection.Assets) named.Add(Whole(prefix));
        Query? query = selection.Query is { } text ? Query.Parse(text) : null;
        BlurLine line = blur?.Of(viewer.Name) ?? BlurLine.Usual;
        return connection =>
        {
            HashSet<(long, string)> found = [];
            if (named.Count > 0)
                found.UnionWith(connection.Query<(long, string)>($"SELECT a.id, a.uid FROM {Dialect.JsonItems("@uids")} u CROSS JOIN asset a ON a.uid = u.value", new { uids = Dialect.JsonArray(named.Distinct()) }));
            if (query is not null) found.UnionWith(AssetQuery.Select(connection, query, most: -1, line, clock));
            if (selection.Stacks is StacksMeant.All) found.UnionWith(Stacked.AllWith(connection, [.. found.Select(f => f.Item2)], onlyCovers: false));
            if (entries.Count > 0) found.UnionWith(Stacked.AllWith(connection, entries, onlyCovers: true));
            return [.. found];
        };
    }

    /// <summary>The id of the photo or clip that a path in the tree, or the beginning of its id, means.</summary>
    /// <inheritdoc cref="Prepare"/>
    public string One(string pathOrId, Viewer viewer) => pathOrId.StartsWith('/') ? At(pathOrId, isRecursive: false, viewer).Single() : Whole(pathOrId);

    IEnumerable<string> At(string path, bool isRecursive, Viewer viewer)
    {
        if (!path.StartsWith('/')) throw new SelectionException($"'{path}' is not a path in the tree: those begin with '/'.");
        Node node = tree.Find(path, viewer) ?? throw new SelectionException($"There is no {path}.", isMissing: true);
        if (!node.IsFolder) return [node.Asset?.Uid ?? throw new SelectionException($"{node.Path} is no photo or clip, or was not indexed yet.")];
        return isRecursive ? Below(node, viewer) : throw new SelectionException($"{node.Path} is a folder; say that everything below it is meant (recursive), or name the files.");
    }

    IEnumerable<string> Below(Node top, Viewer viewer)
    {
        Stack<Node> left = new([top]);
        while (left.TryPop(out Node? folder))
        {
            string? after = null;
            do
            {
                Page page = tree.List(folder, after, NodesPerPage, Detail.Pictures, viewer);
                foreach (Node node in page.Nodes)
                    if (node.IsFolder) left.Push(node);
                    else if (node.Asset is { } asset) yield return asset.Uid;
                after = page.Next;
            }
            while (after is not null);
        }
    }

    string Whole(string prefix)
    {
        if (prefix.Length is 0 or > AssetReader.MaxUidLength || !prefix.All(char.IsAsciiHexDigit))
            throw new SelectionException($"'{prefix}' is not the id of an asset: those have {AssetReader.MaxUidLength} hexadecimal digits, of which the first few are enough.");
        prefix = prefix.ToLowerInvariant();
        using Database.Reader reader = catalog.Read();
        // 'g' follows every hexadecimal digit.
        List<string> found = reader.Connection.Query<string>("SELECT uid FROM asset WHERE uid >= @prefix AND uid < @end ORDER BY uid LIMIT 2", new { prefix, end = prefix + "g" }).AsList();
        return found.Count switch
        {
            0 => throw new SelectionException($"There is no asset {prefix}.", isMissing: true),
            1 => found[0],
            _ => throw new SelectionException($"Several assets begin with {prefix}; give more digits."),
        };
    }
}

/// <summary>What was named means no photo or clip; the message says why.</summary>
/// <param name="isMissing">There is nothing of that name.</param>
public sealed class SelectionException(string message, bool isMissing = false) : Exception(message)
{
    public bool IsMissing => isMissing;
}
