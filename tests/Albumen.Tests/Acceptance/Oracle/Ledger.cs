using System.Security.Cryptography;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Tests.Acceptance.Oracle;

/// <summary>
/// What was sent, and what must still be there: all bytes that were acknowledged and that nobody took away since. Several people write at once and some answers never
/// come, so where bytes may lie is a set of paths that only grows, and what may have been taken away counts as taken away.
/// </summary>
sealed class Ledger
{
    const string Disk = "/inbox";

    // What went to so many places is not followed any further: somebody may have taken it away.
    const int MostPlaces = 40;

    // A transfer into a folder that is itself on its way may go on so often; the server refuses to put a folder into itself.
    const int Chain = 3;

    readonly Lock _lock = new();
    readonly List<Sent> _sent = [];
    readonly List<(string From, string To)> _underWay = [];
    readonly HashSet<string> _whole = [];

    /// <summary>A body on its way, or arrived.</summary>
    public sealed class Sent(string hash, string path)
    {
        public string Hash => hash;
        public string Path => path;
        public HashSet<string> Keys { get; } = [TreePath.KeyOf(path)];
        public bool IsAcknowledged { get; set; }
        public bool MayBeGone { get; set; }

        /// <summary>It was taken out of an album or a tag, or another stands there: it is an original all the same.</summary>
        public bool IsTakenOut { get; set; }

        /// <summary>It must lie where it was put.</summary>
        public bool IsUntouched => IsAcknowledged && !MayBeGone && !IsTakenOut && Keys.Count == 1;
    }

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>These bytes may be found: all of them are sent, to be kept or not.</summary>
    public void Allow(byte[] bytes)
    {
        lock (_lock) _whole.Add(HashOf(bytes));
    }

    public Sent Send(string path, byte[] bytes)
    {
        // Beside the photos of an album it is kept for a while only.
        Sent sent = new(HashOf(bytes), path) { MayBeGone = !IsOnDisk(TreePath.KeyOf(path)) && PassingNames.IsPassing(TreePath.NameOf(path)) };
        lock (_lock)
        {
            _whole.Add(sent.Hash);
            _sent.Add(sent);
            Follow();
        }
        return sent;
    }

    /// <param name="elsewhere">The path it got, if that is another.</param>
    public void Acknowledge(Sent sent, string? elsewhere)
    {
        lock (_lock)
        {
            sent.IsAcknowledged = true;
            if (elsewhere is not null) sent.Keys.Add(TreePath.KeyOf(elsewhere));
            Follow();
        }
    }

    /// <summary>A copy or a move begins: from now on the bytes may lie at the target.</summary>
    public void Begin(string from, string to)
    {
        lock (_lock)
        {
            (string source, string target) = (TreePath.KeyOf(from), TreePath.KeyOf(to));
            // Nothing is put into itself; the server has to say so.
            if (source == target || TreePath.IsAbove(source, target)) return;
            _underWay.Add((source, target));
            Follow();
        }
    }

    public void End(string from, string to)
    {
        lock (_lock)
        {
            Follow();
            _underWay.Remove((TreePath.KeyOf(from), TreePath.KeyOf(to)));
        }
    }

    /// <summary>What lay at a path, or below it, was deleted or replaced, or may have been.</summary>
    /// <param name="but">What has replaced it.</param>
    public void TakeAway(string path, Sent? but = null)
    {
        string key = TreePath.KeyOf(path);
        lock (_lock)
            foreach (Sent sent in _sent.Where(s => s != but && s.Keys.Any(k => k == key || TreePath.IsAbove(key, k))))
                // Elsewhere nothing that is deleted is bytes.
                if (IsOnDisk(key)) sent.MayBeGone = true;
                else sent.IsTakenOut = true;
    }

    static bool IsOnDisk(string key) => key == Disk || TreePath.IsAbove(Disk, key);

    /// <summary>The hashes of what must be found somewhere, with the path each was sent to.</summary>
    public IReadOnlyDictionary<string, string> Due()
    {
        lock (_lock) return _sent.Where(s => s.IsAcknowledged && !s.MayBeGone).DistinctBy(s => s.Hash).ToDictionary(s => s.Hash, s => s.Path);
    }

    public IReadOnlyList<Sent> Untouched()
    {
        lock (_lock) return [.. _sent.Where(s => s.IsUntouched)];
    }

    /// <summary>Whether somebody sent a whole file of these bytes.</summary>
    public bool IsWhole(string hash)
    {
        lock (_lock) return _whole.Contains(hash);
    }

    void Follow()
    {
        for (int round = 0; round < Chain; round++)
            foreach ((string from, string to) in _underWay)
                foreach (Sent sent in _sent)
                {
                    if (sent.MayBeGone) continue;
                    foreach (string key in sent.Keys.Where(k => k == from || TreePath.IsAbove(from, k)).ToArray()) sent.Keys.Add(to + key[from.Length..]);
                    sent.MayBeGone |= sent.Keys.Count > MostPlaces;
                }
    }
}
