using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Albumen.Configuration;

/// <summary>
/// Turns YAML into <see cref="YamlNode"/>s from YamlDotNet's event stream, whose scanner and parser are loops; only its object model recurses, and
/// overflows the stack on ten thousand brackets. Here nesting ends at 64, so this reader's own recursion is bounded too.
/// </summary>
sealed class YamlTree
{
    const int DeepestNesting = 64;

    readonly string _file;
    readonly ICollection<ConfigurationError> _errors;
    readonly Parser _parser;

    YamlTree(string file, string text, ICollection<ConfigurationError> errors)
    {
        _file = file;
        _errors = errors;
        _parser = new(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The file's top level. What cannot be read is noted in <paramref name="errors"/> and left out.</summary>
    public static Mapping Read(string file, string text, ICollection<ConfigurationError> errors)
    {
        YamlTree tree = new(file, text, errors);
        try
        {
            return tree.ReadFile();
        }
        catch (SyntaxException e)
        {
            errors.Add(e.Place.Error(e.Message));
        }
        catch (YamlException e)
        {
            errors.Add(tree.At(e.Start).Error($"this is not YAML ({e.Message.TrimEnd('.')}); check indentation, quotes and brackets here"));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3.0 throws it for some brackets that are never closed.
            errors.Add((tree._parser.Current is { } last ? tree.At(last.End) : new Place(file, 1, 1)).Error("this is not YAML; check indentation, quotes and brackets from here on"));
        }
        return Mapping.Empty(new(file, 1, 1));
    }

    Mapping ReadFile()
    {
        Mapping top = Mapping.Empty(new(_file, 1, 1));
        bool isFirst = true;
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart start) continue;
            if (!isFirst) throw new SyntaxException(At(start.Start), "a second document ('---'); put everything into one");
            isFirst = false;
            Next();
            switch (ReadNode(depth: 1))
            {
                case Mapping mapping: top = mapping; break;
                case Scalar { IsNull: true }: break;
                case var other: _errors.Add(other.Place.Error("the file must hold keys and values, such as 'volumes:'")); break;
            }
        }
        return top;
    }

    /// <summary>Reads the node that the current event begins; afterwards the current event is its last.</summary>
    YamlNode ReadNode(int depth)
    {
        ParsingEvent at = _parser.Current!;
        Place place = At(at.Start);
        if (depth > DeepestNesting) throw new SyntaxException(place, $"nested more than {DeepestNesting} levels deep");
        if (at is AnchorAlias alias)
        {
            _errors.Add(place.Error($"aliases ('*{Section.Quote(alias.Value.Value)}') are not allowed; write the value out"));
            return new Scalar(place, "", IsNull: true);
        }
        if (at is NodeEvent { Anchor.IsEmpty: false } anchored)
            _errors.Add(place.Error($"anchors ('&{Section.Quote(anchored.Anchor.Value)}') are not allowed; remove it"));
        if (at is NodeEvent { Tag.IsEmpty: false })
            _errors.Add(place.Error("tags ('!...') are not allowed; remove it"));
        return at switch
        {
            YamlDotNet.Core.Events.Scalar scalar => new Scalar(place, scalar.Value,
                scalar.Style is ScalarStyle.Plain && scalar.Value is "" or "~" or "null"),
            SequenceStart => ReadSequence(place, depth),
            MappingStart => ReadMapping(place, depth),
            _ => throw new SyntaxException(place, "something other than a value"),
        };
    }

    Sequence ReadSequence(Place place, int depth)
    {
        List<YamlNode> items = [];
        while (Next() is not SequenceEnd) items.Add(ReadNode(depth + 1));
        return new(place, items);
    }

    Mapping ReadMapping(Place place, int depth)
    {
        Dictionary<string, (Scalar Key, YamlNode Value)> entries = [];
        while (Next() is not MappingEnd)
        {
            YamlNode name = ReadNode(depth + 1);
            if (name is not Scalar key) throw new SyntaxException(name.Place, "a key must be a word");
            Next();
            YamlNode value = ReadNode(depth + 1);
            if (!entries.TryAdd(key.Text, (key, value)))
                _errors.Add(key.Place.Error($"the key '{Section.Quote(key.Text)}' stands here twice; it was first in line {entries[key.Text].Key.Place.Line}"));
        }
        return new(place, entries);
    }

    ParsingEvent Next() => _parser.MoveNext() ? _parser.Current! : throw new SyntaxException(new(_file, 1, 1), "the file ends too early");

    Place At(in Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    /// <summary>Ends the reading of this file; never leaves <see cref="Read"/>.</summary>
    sealed class SyntaxException(Place place, string message) : Exception(message)
    {
        public Place Place { get; } = place;
    }
}

/// <summary>Where a key or value stands, for error messages.</summary>
readonly record struct Place(string File, int Line, int Column)
{
    public ConfigurationError Error(string message) => new(File, Line, Column, message);
}

/// <summary>A piece of a YAML file that has been found harmless: no aliases, no tags, at most 64 levels deep.</summary>
abstract record YamlNode(Place Place);

/// <param name="Place">Its first character.</param>
/// <param name="Text">Without quotes; cut off nowhere.</param>
/// <param name="IsNull">Nothing was written, or <c>~</c> or <c>null</c> without quotes.</param>
sealed record Scalar(Place Place, string Text, bool IsNull) : YamlNode(Place);

sealed record Sequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place);

sealed record Mapping(Place Place, IReadOnlyDictionary<string, (Scalar Key, YamlNode Value)> Entries) : YamlNode(Place)
{
    public static Mapping Empty(Place place) => new(place, new Dictionary<string, (Scalar, YamlNode)>());
}
