namespace Albumen.Configuration;

/// <summary>
/// One group of keys in a file, asked key by key. What is missing keeps the value it had; what is wrong is noted and keeps it too. Asking is also what
/// makes a key known: when all is read, <see cref="NoteUnknownKeys"/> reports the keys nobody asked for.
/// </summary>
sealed class Section
{
    readonly Mapping _mapping;
    readonly string _path, _shown;
    readonly Reading _reading;
    readonly List<string> _asked = [];

    /// <param name="mapping">What the file says.</param>
    /// <param name="path">The keys that lead here, each followed by a dot; empty at the top.</param>
    /// <param name="shown">The same with the names of list entries, for people; null: as <paramref name="path"/>.</param>
    /// <param name="reading">Where errors and known keys are collected.</param>
    public Section(Mapping mapping, string path, Reading reading, string? shown = null)
    {
        _mapping = mapping;
        _path = path;
        _shown = shown ?? path;
        _reading = reading;
        reading.Sections.Add(this);
    }

    Place Place => _mapping.Place;

    public bool IsEmpty => _mapping.Entries.Count == 0;

    /// <summary>The value below <paramref name="key"/>, or null when the file does not mention it.</summary>
    public YamlNode? Find(string key)
    {
        _asked.Add(key);
        _reading.KnownKeys.Add(_path + key);
        return _mapping.Entries.TryGetValue(key, out var entry) ? entry.Value : null;
    }

    /// <param name="key">Its name.</param>
    /// <param name="before">The value when this file does not set it.</param>
    public T Value<T>(string key, T before, Form<T> form)
    {
        _reading.Keys.Ask(_shown + key, form.Write(before));
        switch (Find(key))
        {
            case null:
                return before;
            case Scalar { IsNull: false } scalar:
                T after = Parsed(key, scalar, before, form.Read);
                _reading.Keys.Set(_shown + key, form.Write(after), scalar.Place);
                return after;
            case Scalar empty:
                _reading.Errors.Add(empty.Place.Error($"'{key}' is empty; give it a value or remove it"));
                return before;
            case var other:
                _reading.Errors.Add(other.Place.Error($"'{key}' takes one value, not {Describe(other)}"));
                return before;
        }
    }

    /// <summary>The same, but its absence is an error.</summary>
    public YamlNode? Require(string key)
    {
        YamlNode? node = Find(key);
        if (node is null) NoteError($"'{key}' is missing here");
        return node;
    }

    /// <summary>The keys below <paramref name="key"/>, in the place of which <c>on</c> or <c>off</c> can stand. Keys switch it on, too.</summary>
    /// <param name="isOn">Whether it was on; becomes whether it is.</param>
    public Section Switched(string key, ref bool isOn)
    {
        _reading.Keys.Ask(_shown + key, Quantities.Switch.Write(isOn));
        if (Find(key) is not Scalar { IsNull: false } scalar)
        {
            Section section = Child(key);
            if (section.IsEmpty) return section;
            if (!isOn) _reading.Keys.Set(_shown + key, Quantities.Switch.Write(true), section.Place);
            isOn = true;
            return section;
        }
        isOn = Parsed(key, scalar, isOn, text => text switch
        {
            "on" or "true" => true,
            "off" or "false" => false,
            _ => throw new FormatException("write on, off or keys of its own"),
        });
        _reading.Keys.Set(_shown + key, Quantities.Switch.Write(isOn), scalar.Place);
        if (!isOn) _reading.Keys.Forget(_shown + key);
        return Below(Mapping.Empty(Place), key);
    }

    /// <summary>The keys below <paramref name="key"/>: none when the file does not mention it or leaves it empty.</summary>
    public Section Child(string key)
    {
        switch (Find(key))
        {
            case Mapping mapping:
                return Below(mapping, key);
            case null or Scalar { IsNull: true }:
                break;
            case var other:
                _reading.Errors.Add(other.Place.Error($"'{key}' holds keys of its own, not {Describe(other)}"));
                break;
        }
        return Below(Mapping.Empty(Place), key);
    }

    /// <summary>A list whose entries have keys.</summary>
    public IEnumerable<Section> Children(string key)
    {
        foreach ((int at, YamlNode item) in List(key).Index())
        {
            if (item is Mapping mapping) yield return new(mapping, $"{_path}{key}[].", _reading, $"{_shown}{key}.{NameOf(mapping) ?? $"[{at}]"}.");
            else _reading.Errors.Add(item.Place.Error($"each entry of '{key}' holds keys of its own, not {Describe(item)}"));
        }
        if (_reading.IsRehearsal) yield return new(Mapping.Empty(Place), $"{_path}{key}[].", _reading);
    }

    /// <summary>A list of words.</summary>
    public IReadOnlyList<string> Texts(string key, Func<string, string> parse)
    {
        List<string> texts = [];
        _reading.Keys.Ask(_shown + key, "[]");
        IReadOnlyList<YamlNode> items = List(key);
        foreach (YamlNode item in items)
        {
            if (item is not Scalar { IsNull: false } scalar)
                _reading.Errors.Add(item.Place.Error($"each entry of '{key}' is one value, not {Describe(item)}"));
            else if (Parsed<string?>(key, scalar, null, parse) is { } text) texts.Add(text);
        }
        if (items.Count > 0) _reading.Keys.Set(_shown + key, $"[{string.Join(", ", texts.Select(text => $"\"{text}\""))}]", items[0].Place);
        return texts;
    }

    /// <summary>Something is wrong with the section as a whole.</summary>
    public void NoteError(string message) => _reading.Errors.Add(Place.Error(message));

    /// <summary>To be called when everything has been asked.</summary>
    public void NoteUnknownKeys()
    {
        foreach ((string name, (Scalar key, _)) in _mapping.Entries)
        {
            if (_asked.Contains(name)) continue;
            if (_reading.Errors.Count > Reading.MostErrors) return;
            _reading.Errors.Add(key.Place.Error($"unknown key '{Quote(name)}'; " + (Spelling.Nearest(name, _asked) is { } meant
                ? $"did you mean '{meant}'?"
                : $"known here: {string.Join(", ", _asked.Distinct())}")));
        }
    }

    /// <summary>A name from a file, short enough for a message.</summary>
    public static string Quote(string text) => text.Length <= 60 ? text : text[..60] + "...";

    Section Below(Mapping mapping, string key) => new(mapping, $"{_path}{key}.", _reading, $"{_shown}{key}.");

    /// <summary>What an entry of a list calls itself.</summary>
    static string? NameOf(Mapping entry) => entry.Entries.TryGetValue("name", out var name) && name.Value is Scalar { IsNull: false } scalar ? Quote(scalar.Text) : null;

    IReadOnlyList<YamlNode> List(string key)
    {
        switch (Find(key))
        {
            case Sequence sequence:
                return sequence.Items;
            case null or Scalar { IsNull: true }:
                break;
            case var other:
                _reading.Errors.Add(other.Place.Error($"'{key}' is a list: begin each entry with '- '"));
                break;
        }
        return [];
    }

    T Parsed<T>(string key, Scalar scalar, T before, Func<string, T> parse)
    {
        try
        {
            return parse(scalar.Text);
        }
        catch (FormatException e)
        {
            _reading.Errors.Add(scalar.Place.Error($"'{key}' cannot be '{Quote(scalar.Text)}': {e.Message}"));
            return before;
        }
    }

    static string Describe(YamlNode node) => node switch
    {
        Mapping => "a group of keys",
        Sequence => "a list",
        Scalar { IsNull: true } => "nothing",
        Scalar scalar => $"'{Quote(scalar.Text)}'",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };
}

/// <summary>What is collected while one file is read.</summary>
/// <param name="isRehearsal">Nothing is read; the point is only to learn which keys would be asked, those of list entries included.</param>
/// <param name="keys">Told of each value, in all the files that are read; null: nobody wants to know.</param>
sealed class Reading(bool isRehearsal = false, ConfiguredKeys? keys = null)
{
    /// <summary>Somebody who gets more than this has named the wrong file; the rest is not shown.</summary>
    public const int MostErrors = 50;

    public bool IsRehearsal { get; } = isRehearsal;

    public ConfiguredKeys Keys { get; } = keys ?? new();

    public List<ConfigurationError> Errors { get; } = [];

    public List<Section> Sections { get; } = [];

    /// <summary>As <c>scan.every</c> and <c>volumes[].name</c>.</summary>
    public SortedSet<string> KnownKeys { get; } = new(StringComparer.Ordinal);
}
