using System.Text;

namespace Albumen.Organization;

/// <summary>Reads the text of a query, by the grammar of <see cref="Query"/>.</summary>
/// <param name="isLastOpen">When there are words only, the last may go on.</param>
sealed class QueryReader(string text, bool isLastOpen = false)
{
    int _at;
    int _depth;
    int _terms;
    bool _hasOnlyWords = true;
    (TextSays Says, bool IsQuoted)? _lastWord;

    /// <exception cref="QueryException">It says nothing, or nothing we understand, or is too long.</exception>
    public Expression Read()
    {
        if (text.Length > Query.MaxLength) throw new QueryException($"A query has at most {Query.MaxLength} characters, and this one {text.Length}. Split it", Query.MaxLength + 1);
        Expression? root = Any();
        if (Peek() == ')') throw Error("This ')' closes nothing. Take it away, or quote it: \")\"");
        if (root is null) throw new QueryException("A query wants at least one word with a letter or a digit in it, or a field such as rating:4", 1);
        if (!isLastOpen || !_hasOnlyWords || _lastWord is not { IsQuoted: false, Says: var last }) return root;
        TextSays open = last with { IsBeginning = true };
        return root is AllOf { Parts: var parts } ? new AllOf([.. parts.SkipLast(1), open]) : open;
    }

    /// <summary>Null when it says nothing, as <c>&amp;</c>.</summary>
    Expression? Any()
    {
        List<Expression> parts = [];
        Add(parts, All());
        while (TakeKeyword("OR"))
        {
            if (IsAtEnd()) throw Error("Something must follow OR. To look for the word, quote it: \"OR\"");
            Add(parts, All());
        }
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new AnyOf(parts) };

        static void Add(List<Expression> parts, Expression? part)
        {
            if (part is AnyOf { Parts: var inner }) parts.AddRange(inner);
            else if (part is not null) parts.Add(part);
        }
    }

    Expression? All()
    {
        List<Expression> parts = [];
        for (bool isFirst = true; isFirst || !IsAtEnd() && !IsKeyword("OR"); isFirst = false)
        {
            if (!isFirst && TakeKeyword("AND") && (IsAtEnd() || IsKeyword("OR"))) throw Error("Something must follow AND. To look for the word, quote it: \"AND\"");
            if (One() is not { } part) continue;
            if (part is AllOf { Parts: var inner }) parts.AddRange(inner);
            else parts.Add(part);
        }
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new AllOf(parts) };
    }

    Expression? One()
    {
        if (IsKeyword("AND") || IsKeyword("OR"))
            throw Error($"Something must stand before {(IsKeyword("OR") ? "OR" : "AND")}. To look for the word, quote it: \"{(IsKeyword("OR") ? "OR" : "AND")}\"");
        bool isNot = TakeKeyword("NOT");
        if (isNot && IsAtEnd()) throw Error("Something must follow NOT. To look for the word, quote it: \"NOT\"");
        if (!isNot && Peek() == '-' && _at + 1 < text.Length && !char.IsWhiteSpace(text[_at + 1]) && text[_at + 1] != ')')
        {
            _at++;
            isNot = true;
        }
        if (isNot)
        {
            _hasOnlyWords = false;
            return Nested(One) is { } inner ? new Not(inner) : null;
        }
        if (Peek() != '(') return Term();

        int opened = _at++;
        if (Peek() == ')') throw Error("There is nothing between these parentheses");
        Expression? group = Nested(Any);
        if (Peek() != ')') throw new QueryException("This '(' is never closed. Add a ')', or quote it: \"(\"", opened + 1);
        _at++;
        return group;
    }

    Expression? Nested(Func<Expression?> read)
    {
        if (++_depth > Query.MaxDepth) throw Error($"Parentheses and NOTs stand in one another more than {Query.MaxDepth} deep. Take away those that are not needed");
        Expression? inner = read();
        _depth--;
        return inner;
    }

    Expression? Term()
    {
        _ = Peek();
        if (++_terms > Query.MaxTerms) throw Error($"A query has at most {Query.MaxTerms} words and conditions. Split it");
        int start = _at;
        int end = start;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end])) end++;
        if (end < text.Length && text[end] == ':' && char.IsAsciiLetter(text[start]))
        {
            _hasOnlyWords = false;
            string field = text[start..end];
            _at = end + 1;
            return QueryFields.Read(field, Value(), start + 1);
        }
        Written word = Value();
        if (!word.HasLetters) return null;
        (string words, bool isBeginning) = word.ToWords();
        TextSays says = new(null, words, isBeginning);
        _lastWord = (says, word.IsQuoted);
        return says;
    }

    /// <summary>Up to a blank or parenthesis outside of quotes.</summary>
    Written Value()
    {
        int start = _at;
        StringBuilder value = new();
        List<bool> quoted = [];
        bool isQuoted = false;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')'))
        {
            if (text[_at] != '"')
            {
                Add(text[_at++], false);
                continue;
            }
            isQuoted = true;
            int opened = _at++;
            while (true)
            {
                if (_at == text.Length) throw new QueryException("This quote is never closed. Add a \" at the end, or take it away", opened + 1);
                if (text[_at] == '"' && (++_at == text.Length || text[_at] != '"')) break;
                Add(text[_at++], true);
            }
        }
        return new(value.ToString(), quoted, start + 1, isQuoted);

        void Add(char c, bool isInQuotes)
        {
            value.Append(char.IsControl(c) ? ' ' : c);
            quoted.Add(isInQuotes);
        }
    }

    /// <summary>The next character that is not blank; NUL at the end.</summary>
    char Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    bool IsAtEnd()
    {
        char next = Peek();
        return _at == text.Length || next == ')';
    }

    bool IsKeyword(string word)
    {
        _ = Peek();
        int end = _at + word.Length;
        return string.CompareOrdinal(text, _at, word, 0, word.Length) == 0 && (end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is '(' or ')' or '"');
    }

    bool TakeKeyword(string word)
    {
        if (!IsKeyword(word)) return false;
        _hasOnlyWords = false;
        _at += word.Length;
        return true;
    }

    QueryException Error(string what) => new(what, _at + 1);
}
