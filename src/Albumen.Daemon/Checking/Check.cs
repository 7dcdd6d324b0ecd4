using System.Data.Common;
using Albumen.Configuration;

namespace Albumen.Daemon.Checking;

/// <summary>One thing that is not as it must be.</summary>
/// <param name="Check">Which check says so.</param>
/// <param name="Where">A file, a row, or a path in the tree.</param>
/// <param name="What">In one sentence.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="IsNote">Worth knowing, and nothing wrong.</param>
sealed record Finding(string Check, string Where, string What, string Remedy, bool IsNote = false);

/// <summary>What is looked at. Everything in it is read and nothing is written.</summary>
/// <param name="Catalog">Of the catalogue: while its rows are compared with one another, all at one moment.</param>
/// <param name="Progress">Told what is being done, often.</param>
/// <param name="ReadsBytes">Originals are read to their end.</param>
sealed record Examined(Layout Layout, Settings Settings, DbConnection Catalog, DbConnection Auth, Action<string> Progress, bool ReadsBytes);

/// <summary>
/// One part of <c>albumend check --deep</c>. It reads tables whoever owns them, row after row, and says what contradicts what; <see cref="All"/> is the one list.
/// </summary>
abstract class Check
{
    /// <summary>Those of the databases first: what is damaged itself proves nothing.</summary>
    public static IReadOnlyList<Check> All { get; } =
        [new DatabaseCheck(), new JournalCheck(), new StatementCheck(), new NameCheck(), new AssetCheck(), new TimelineCheck(), new StackCheck(), new FolderCheck(), new AlbumCheck(), new PathCheck(), new DerivativeCheck(), new LayerCheck(), new OriginalCheck()];

    /// <summary>As it stands before its findings.</summary>
    public abstract string Name { get; }

    /// <summary>What it reads, in words.</summary>
    public abstract string Reads { get; }

    public abstract IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken);

    /// <summary>What to do when the catalogue contradicts itself.</summary>
    protected const string MakeAnew = "Everything in the catalogue comes from the files: stop albumend, run 'albumend rebuild', and start it again.";

    protected const string RestoreAuth = "Put a backup of auth.db in its place.";

    protected Finding Wrong(string where, string what, string remedy = MakeAnew) => new(Name, where, what, remedy);

    protected Finding Note(string where, string what, string remedy) => new(Name, where, what, remedy, IsNote: true);
}
