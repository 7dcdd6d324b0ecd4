using System.Globalization;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Organization;

/// <summary>A condition over <c>asset a JOIN content c ON c.id = a.content_id</c>.</summary>
/// <param name="Parameters">Their names begin with <c>q</c>; what people wrote is in their values only.</param>
sealed record Condition(string Sql, IReadOnlyDictionary<string, object> Parameters);

/// <summary>Says in SQL what a query means.</summary>
/// <remarks>
/// A condition may be null where a fact is absent, which counts as not true; so what NOT stands before is asked with IS NOT TRUE. Full text
/// narrows down what is then looked at exactly.
/// </remarks>
sealed class QueryCompiler
{
    /// <summary>All copies, also those that are missing, or changed and not read yet.</summary>
    const string Copies = "location l JOIN content k ON k.id = coalesce(l.content_id, l.previous_content_id) AND k.asset_id IS NOT NULL";

    static readonly string[] PlaceNames = ["country", "region", "town", "location"];

    readonly Dictionary<string, object> _parameters = [];
    readonly DateOnly _today;
    readonly BlurLine _blur;

    QueryCompiler(DateOnly today, BlurLine blur) => (_today, _blur) = (today, blur);

    /// <param name="today">Where the appliance stands.</param>
    /// <param name="blur">What is blurred, for who asks.</param>
    public static Condition Compile(Query query, DateOnly today, BlurLine blur)
    {
        QueryCompiler compiler = new(today, blur);
        string sql = compiler.Sql(query.Root);
        // Who does not speak of the trash does not look into it.
        return new(AsksForTrash(query.Root) ? sql : $"({sql} AND a.trashed IS NULL)", compiler._parameters);
    }

    static bool AsksForTrash(Expression expression) => expression switch
    {
        AllOf { Parts: var parts } => parts.Any(AsksForTrash),
        AnyOf { Parts: var parts } => parts.Any(AsksForTrash),
        Not { Inner: var inner } => AsksForTrash(inner),
        _ => expression is Is { State: State.Trashed },
    };

    string Sql(Expression expression) => expression switch
    {
        AllOf { Parts: var parts } => All(parts),
        AnyOf { Parts: var parts } => $"({string.Join(" OR ", parts.Select(Sql))})",
        Not { Inner: var inner } => $"({Sql(inner)} IS NOT TRUE)",
        TextSays says => Text([says]),
        ValueSays says => Value(says),
        ValueIs { Fact: WholeFact.Name } whole => Like("a.name", whole.Pattern),
        ValueIs whole => Like(Fact(whole.Fact is WholeFact.Label ? "label" : "stack"), whole.Pattern),
        TagUnder { Tag: var tag } => Tag(tag),
        InAlbum album => Album(album.Path),
        InFolder folder => Folder(folder),
        PathIs path => Path(path),
        OnVolume volume => $"""
            a.id IN (SELECT k.asset_id FROM volume v JOIN folder d ON d.volume_id = v.id JOIN location l ON l.folder_id = d.id
              JOIN content k ON k.id = coalesce(l.content_id, l.previous_content_id) WHERE {Like("v.name", volume.Name)} AND k.asset_id IS NOT NULL)
            """,
        NumberIn number => Number(number),
        TakenIn taken => Between("a.taken", taken.From?.ToText(_today), ">=", taken.Until?.ToText(_today), "<"),
        Near near => Distance(near),
        Has has => Known(has.Fact),
        Is state => Stands(state.State),
        Shaped shape => Shown(shape.Shape),
        IdBegins { Digits: var digits } => Between("a.uid", digits, ">=", digits + "g", "<"),
        HashBegins { Digits: var digits } => $"a.id IN (SELECT asset_id FROM content WHERE {Between("sha256", Bytes(digits, '0'), ">=", Bytes(digits, 'f'), "<=")} AND asset_id IS NOT NULL)",
        _ => throw new InvalidOperationException($"{expression.GetType().Name} is not compiled."),
    };

    /// <summary>Full text is asked once for all words that must occur, and first; then what costs least.</summary>
    string All(IReadOnlyList<Expression> parts)
    {
        TextSays[] words = [.. parts.OfType<TextSays>()];
        IEnumerable<string> others = parts.Where(part => part is not TextSays).OrderBy(Cost).Select(Sql);
        return $"({string.Join(" AND ", words.Length > 0 ? others.Prepend(Text(words)) : others)})";
    }

    /// <summary>In which order to look at a row: at its columns, at a set, into its facts, into lists of them.</summary>
    static int Cost(Expression expression) => expression switch
    {
        TakenIn or IdBegins or Is { State: State.Photo or State.Video or State.Raw or State.Trashed } => 0,
        InAlbum or InFolder or OnVolume or PathIs or HashBegins or Is { State: State.Missing } => 1,
        Not { Inner: var inner } => Cost(inner),
        AnyOf { Parts: var parts } => parts.Max(Cost),
        ValueSays or TagUnder or AllOf => 3,
        _ => 2,
    };

    string Text(IReadOnlyList<TextSays> words) =>
        Found(Dialect.All(words.Select(says => Dialect.Phrase(says.Column?.ToString().ToLowerInvariant(), says.Words, says.IsBeginning))));

    string Found(string phrases) => $"a.id IN {Dialect.FullText("asset_text", Parameter(phrases))}";

    string Value(ValueSays says)
    {
        string words = Parameter($"% {Folding.Words(says.Words).Trim()}{(says.IsBeginning ? "" : " ")}%");
        (string? column, string exactly) = says.Fact switch
        {
            SpokenFact.Person => ("people", $"EXISTS (SELECT 1 FROM {Dialect.JsonItems("a.facts", "people")} WHERE {Says("value")})"),
            SpokenFact.Camera => ("camera", Says($"coalesce({Fact("camera.make")}, '') || ' ' || coalesce({Fact("camera.model")}, '')")),
            SpokenFact.Lens => ("camera", Says(Fact("camera.lens"))),
            _ => (null, Says(string.Join($" || {Parameter($"{Folding.Border}")} || ", PlaceNames.Select(name => $"coalesce({Fact("place." + name)}, '')")))),
        };
        return column is not null && Dialect.IsSureOf(says.Words) ? $"({Found(Dialect.Phrase(column, says.Words, says.IsBeginning))} AND {exactly})" : exactly;

        string Says(string text) => $"{Dialect.Words(text)} LIKE {words}";
    }

    string Tag(Pattern tag)
    {
        string exactly = $"""
            EXISTS (SELECT 1 FROM {Dialect.JsonItems("a.facts", "tags")} WHERE {Dialect.Fold("value")} || '/' LIKE {Parameter(tag.Like + "/%")} ESCAPE '\')
            """;
        bool endsInWord = tag.HasWildcards && tag.Beginning.Length > 0 && char.IsLetterOrDigit(tag.Beginning[^1]);
        return Dialect.IsSureOf(tag.Beginning) ? $"({Found(Dialect.Phrase("tags", tag.Beginning, endsInWord))} AND {exactly})" : exactly;
    }

    string Album(Pattern path) => $"""
        a.uid IN (WITH RECURSIVE shelf (id, path) AS (
          SELECT n.asset, {Dialect.Fold(Dialect.Text("n.value"))} FROM statement n WHERE n.kind = 5 AND n.field = 'name' AND {Lacks("parent")} AND {Lacks("trashed")}
          UNION ALL SELECT n.asset, shelf.path || '/' || {Dialect.Fold(Dialect.Text("n.value"))} FROM shelf
          JOIN statement p ON p.kind = 5 AND p.field = 'parent' AND p.value = '"' || shelf.id || '"'
          JOIN statement n ON n.asset = p.asset AND n.kind = 5 AND n.field = 'name' AND {Lacks("trashed")})
          SELECT {Dialect.Json("s.value", "asset")} FROM shelf JOIN statement s ON s.asset = shelf.id AND s.kind = 6 WHERE shelf.path || '/' LIKE {Parameter(path.Like + "/%")} ESCAPE '\')
        """;

    /// <summary>Of an album whose statement is <c>n</c>.</summary>
    static string Lacks(string field) => $"NOT EXISTS (SELECT 1 FROM statement x WHERE x.asset = n.asset AND x.kind = 5 AND x.field = '{field}')";

    string Folder(InFolder folder)
    {
        string join = folder.Volume is { } volume ? $"JOIN volume v ON v.id = f0.volume_id AND {Dialect.Fold("v.name")} = {Parameter(Folding.Fold(volume))}" : "";
        for (int i = 0; i < folder.Names.Count; i++)
            join += $"\n  JOIN folder f{i + 1} ON f{i + 1}.parent_id = f{i}.id AND f{i + 1}.entry_key IN ({Parameter(EntryName.KeyOf(folder.Names[i]))}, {Parameter(EntryName.TwinKeyOf(folder.Names[i]))})";
        return $"""
            a.id IN (WITH RECURSIVE below (id) AS (
              SELECT f{folder.Names.Count}.id FROM folder f0 {join} WHERE f0.parent_id IS NULL
              UNION ALL SELECT d.id FROM below JOIN folder d ON d.parent_id = below.id)
              SELECT k.asset_id FROM below JOIN {Copies} WHERE l.folder_id = below.id)
            """;
    }

    string Path(PathIs path)
    {
        string top = path.IsFromTree ? $"'/' || {Dialect.Fold("v.name")}" : "''";
        // What begins with anything may begin anywhere.
        string like = path.Pattern.Like.StartsWith('%') ? path.Pattern.Like : "/" + path.Pattern.Like;
        return $"""
            a.id IN (WITH RECURSIVE folders (id, path) AS (
              SELECT d.id, {top} FROM folder d JOIN volume v ON v.id = d.volume_id WHERE d.parent_id IS NULL
              UNION ALL SELECT d.id, folders.path || '/' || {Dialect.Fold("d.entry_name")} FROM folders JOIN folder d ON d.parent_id = folders.id)
              SELECT k.asset_id FROM folders JOIN {Copies} WHERE l.folder_id = folders.id AND folders.path || '/' || {Dialect.Fold("l.entry_name")} LIKE {Parameter(like)} ESCAPE '\')
            """;
    }

    string Number(NumberIn number) => Between(
        number.Fact is NumberFact.Blur ? BlurLine.Sharpness : Fact(PathOf(number.Fact)),
        number.Interval.Low, number.Interval.IncludesLow ? ">=" : ">",
        number.Interval.High, number.Interval.IncludesHigh ? "<=" : "<");

    /// <summary>The haversine formula, without the arcsine: distances need not be known, only compared.</summary>
    string Distance(Near near)
    {
        string lat = Fact("gps.lat"), lon = Fact("gps.lon"), latitude = Parameter(near.Latitude), longitude = Parameter(near.Longitude);
        string northward = $"sin(radians({lat} - {latitude}) / 2)", eastward = $"sin(radians({lon} - {longitude}) / 2)";
        return $"""
            ({Between(lat, near.South, ">=", near.North, "<=")}
              AND {northward} * {northward} + cos(radians({lat})) * cos(radians({latitude})) * {eastward} * {eastward} <= {Parameter(near.HalfAngleSquared)})
            """;
    }

    static string Known(KnownFact fact) => fact switch
    {
        KnownFact.Title => IsText("title"),
        KnownFact.Caption => IsText("caption"),
        KnownFact.Label => IsText("label"),
        // With others, by whatever rule; a person's word that it is alone is no stack.
        KnownFact.Stack => "EXISTS (SELECT 1 FROM stack_member m WHERE m.asset_id = a.id)",
        KnownFact.Lens => IsText("camera.lens"),
        KnownFact.Camera => $"({IsText("camera.make")} OR {IsText("camera.model")})",
        KnownFact.Place => $"({string.Join(" OR ", PlaceNames.Select(name => IsText("place." + name)))})",
        KnownFact.Tags => $"{Fact("tags[0]")} IS NOT NULL",
        KnownFact.People => $"{Fact("people[0]")} IS NOT NULL",
        KnownFact.Faces => $"EXISTS (SELECT 1 FROM {Dialect.JsonItems("a.facts", "regions")} WHERE {Dialect.Json("value", "type")} = 'Face')",
        KnownFact.Date => "a.taken IS NOT NULL",
        KnownFact.Offset => $"{Fact("taken.offset")} IS NOT NULL",
        KnownFact.Gps => $"{Fact("gps.lat")} IS NOT NULL",
        // XMP: 0 is unrated, and cameras write it.
        KnownFact.Rating => $"{Fact("rating")} <> 0",
        KnownFact.Album => $"EXISTS (SELECT 1 FROM statement n WHERE {Dialect.Json("n.value", "asset")} = +a.uid AND n.kind = 6 AND {Lacks("trashed")})",
        KnownFact.Blur => $"{BlurLine.Sharpness} IS NOT NULL",
        KnownFact.Sidecar => "EXISTS (SELECT 1 FROM layer y WHERE y.asset_id = a.id AND y.source = 'sidecar')",
        _ => $"{Fact(PathOf(Enum.Parse<NumberFact>(fact.ToString())))} IS NOT NULL",
    };

    string Stands(State state) => state switch
    {
        State.Photo => "c.kind IN ('image', 'raw')",
        State.Video => "c.kind = 'video'",
        State.Raw => "c.kind = 'raw'",
        State.Trashed => "a.trashed IS NOT NULL",
        State.Blurred => _blur.IsBlurred,
        State.Clear => _blur.IsClear,
        State.Favourite => Dialect.JsonFlag("a.facts", "favourite"),
        State.Archived => Dialect.JsonFlag("a.facts", "archived"),
        State.Hidden => Dialect.JsonFlag("a.facts", "hidden"),
        _ => $"""
            (a.id IN (SELECT k.asset_id FROM {Copies} WHERE l.missing_since IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM content k JOIN location l ON l.content_id = k.id WHERE k.asset_id = a.id AND l.missing_since IS NULL)
              AND a.id NOT IN (SELECT k.asset_id FROM {Copies} WHERE l.content_id IS NULL AND l.missing_since IS NULL))
            """,
    };

    /// <summary>EXIF's orientations from 5 on turn the picture on its side.</summary>
    static string Shown(Shape shape)
    {
        string width = Fact("width"), height = Fact("height");
        return shape is Shape.Square ? $"{width} = {height}"
            : $"(coalesce({Fact("orientation")}, 1) >= 5 AND {width} {(shape is Shape.Portrait ? ">" : "<")} {height} OR coalesce({Fact("orientation")}, 1) < 5 AND {width} {(shape is Shape.Portrait ? "<" : ">")} {height})";
    }

    static string PathOf(NumberFact fact) => fact switch
    {
        NumberFact.Iso or NumberFact.F or NumberFact.Focal or NumberFact.Time => "exposure." + fact.ToString().ToLowerInvariant(),
        _ => fact.ToString().ToLowerInvariant(),
    };

    static string Fact(string path) => Dialect.Json("a.facts", path);

    static string IsText(string path) => $"{Fact(path)} <> ''";

    string Like(string text, Pattern pattern) => $"{Dialect.Fold(text)} LIKE {Parameter(pattern.Like)} ESCAPE '\\'";

    string Between(string value, object? low, string above, object? high, string below)
    {
        string from = low is null ? "" : $"{value} {above} {Parameter(low)}", until = high is null ? "" : $"{value} {below} {Parameter(high)}";
        return from.Length == 0 ? until : until.Length == 0 ? from : $"({from} AND {until})";
    }

    /// <summary>The first or last hash that begins so.</summary>
    static byte[] Bytes(string digits, char rest) => Convert.FromHexString(digits.PadRight(64, rest));

    string Parameter(object value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"q{_parameters.Count}");
        _parameters.Add(name, value);
        return "@" + name;
    }
}
