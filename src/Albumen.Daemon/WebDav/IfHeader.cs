using System.Diagnostics.CodeAnalysis;

namespace Albumen.Daemon.WebDav;

/// <summary>One thing a list of the If header asks: a lock's token or an ETag, or that it is not so.</summary>
/// <param name="Text">The token without its brackets, the ETag with its quotes.</param>
readonly record struct IfCondition(bool IsNot, bool IsETag, string Text);

/// <summary>Conditions that must hold together.</summary>
/// <param name="Resource">The tag: a URL or path as it was sent; null for the resource of the request.</param>
sealed record IfList(string? Resource, IReadOnlyList<IfCondition> Conditions);

/// <summary>
/// The If header (RFC 4918, 10.4): lists of which one must hold, each for the request's resource or for the one its tag names. Whoever writes a
/// token here also says that he has the lock, whatever becomes of the condition.
/// </summary>
sealed class IfHeader
{
    const int MostConditions = 200;

    IfHeader(IReadOnlyList<IfList> lists) => Lists = lists;

    public IReadOnlyList<IfList> Lists { get; }

    /// <summary>Every token that stands in it.</summary>
    public IEnumerable<string> Tokens => Lists.SelectMany(l => l.Conditions).Where(c => !c.IsETag).Select(c => c.Text);

    /// <returns>False for what the grammar does not know.</returns>
    public static bool TryParse(string header, [NotNullWhen(true)] out IfHeader? parsed)
    {
        parsed = null;
        List<IfList> lists = [];
        string? resource = null;
        bool? isTagged = null;
        bool tagIsUsed = true;
        int at = 0, count = 0;
        while (Skip())
        {
            if (header[at] == '<')
            {
                // Tagged and untagged lists do not mix, and a tag has a list.
                if (isTagged == false || !tagIsUsed || Until('>') is not { Length: > 0 } tag) return false;
                (resource, isTagged, tagIsUsed) = (tag, true, false);
            }
            else if (header[at] == '(')
            {
                isTagged ??= false;
                at++;
                if (List() is not { Count: > 0 } conditions) return false;
                lists.Add(new(resource, conditions));
                tagIsUsed = true;
            }
            else return false;
        }
        if (lists.Count == 0 || !tagIsUsed) return false;
        parsed = new(lists);
        return true;

        List<IfCondition>? List()
        {
            List<IfCondition> conditions = [];
            while (Skip())
            {
                if (header[at] == ')')
                {
                    at++;
                    return conditions;
                }
                bool isNot = header.AsSpan(at).StartsWith("Not", StringComparison.OrdinalIgnoreCase);
                if (isNot)
                {
                    at += 3;
                    if (!Skip()) return null;
                }
                bool isETag = header[at] == '[';
                if ((isETag ? Until(']') : header[at] == '<' ? Until('>') : null) is not { Length: > 0 } text || ++count > MostConditions) return null;
                conditions.Add(new(isNot, isETag, text));
            }
            return null;
        }

        bool Skip()
        {
            while (at < header.Length && header[at] is ' ' or '\t') at++;
            return at < header.Length;
        }

        // What stands between a bracket and its partner; a bracket within the quotes of an ETag is none.
        string? Until(char end)
        {
            bool isQuoted = false;
            for (int i = at + 1; i < header.Length; i++)
            {
                if (header[i] == '"' && end == ']') isQuoted = !isQuoted;
                else if (header[i] == end && !isQuoted)
                {
                    string text = header[(at + 1)..i].Trim();
                    at = i + 1;
                    return text;
                }
            }
            return null;
        }
    }

    /// <param name="etagAt">The ETag at a resource (null for the request's own); null where there is none.</param>
    /// <param name="isLockedWith">Whether a resource is under the lock of a token.</param>
    public bool Holds(Func<string?, string?> etagAt, Func<string?, string, bool> isLockedWith) =>
        Lists.Any(list => list.Conditions.All(c => c.IsNot != (c.IsETag ? etagAt(list.Resource) == c.Text : isLockedWith(list.Resource, c.Text))));
}
