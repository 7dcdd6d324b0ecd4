namespace Albumen.Backups;

/// <summary>How a file that only grows is to an earlier or later copy of itself.</summary>
public enum Continuation
{
    /// <summary>It begins as the copy does, and is as long or longer.</summary>
    Later,
    /// <summary>The copy begins as it does, and is longer.</summary>
    Earlier,
    /// <summary>They part somewhere: each has what the other lacks.</summary>
    Other,
}

/// <summary>Compares files that only grow.</summary>
public static class GrowingFiles
{
    /// <summary>Files that are not there are empty.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static Continuation Compare(string file, string copy)
    {
        using Stream one = Open(file), other = Open(copy);
        byte[] first = new byte[1 << 16], second = new byte[1 << 16];
        for (long left = Math.Min(one.Length, other.Length); left > 0;)
        {
            int length = (int)Math.Min(left, first.Length);
            one.ReadExactly(first, 0, length);
            other.ReadExactly(second, 0, length);
            if (!first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, length))) return Continuation.Other;
            left -= length;
        }
        return one.Length >= other.Length ? Continuation.Later : Continuation.Earlier;
    }

    static Stream Open(string file) => File.Exists(file) ? File.OpenRead(file) : new MemoryStream();
}
