using System.Data.Common;
using System.Globalization;
using Albumen.Identity;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>The line between blurred and clear, for each person: as configured for everybody and for volumes, or as the person chose. No other code touches the <c>quality_change</c> table.</summary>
public sealed class BlurLines
{
    const string Name = "blur_threshold";

    /// <summary>Nothing is sharper than noise from black to white.</summary>
    public const double Greatest = 1_000_000;

    readonly Preferences _preferences;
    readonly TimeProvider _clock;
    volatile Chosen _chosen;

    public BlurLines(QualitySettings settings, Volumes volumes, Preferences preferences, TimeProvider clock)
    {
        (_preferences, _clock) = (preferences, clock);
        Configured = new(settings.Threshold, [.. volumes.All.Where(v => v.Settings.BlurThreshold is not null).Select(v => (v.Id, v.Settings.BlurThreshold!.Value))]);
        _chosen = Read();
    }

    /// <summary>Of those who did not choose.</summary>
    public BlurLine Configured { get; }

    /// <summary>Goes up whenever somebody's line may be another.</summary>
    internal long Revision => _preferences.Revision;

    /// <param name="person">Somebody unknown has the line that is configured.</param>
    public BlurLine Of(string person)
    {
        Chosen chosen = _chosen;
        if (chosen.Revision != Revision) _chosen = chosen = Read();
        if (chosen.Lines.Count == 0 || PersonName.TryParse(person) is not { } name || !chosen.Lines.TryGetValue(name.Key, out Preference? preference)) return Configured;
        return preference.Value is { } own
            ? new(double.Parse(own, CultureInfo.InvariantCulture), []) { IsOwn = true, Changed = preference.Changed }
            : Configured with { Changed = preference.Changed };
    }

    /// <summary>Lets a person have a line.</summary>
    /// <param name="threshold">Null: as configured again.</param>
    /// <exception cref="IdentityException">Nobody is called so.</exception>
    /// <exception cref="FormatException">It is no threshold.</exception>
    public async Task ChooseAsync(string person, double? threshold, CancellationToken cancellationToken) =>
        await _preferences.SetAsync(person, Name, threshold is { } value ? Checked(value).ToString("R", CultureInfo.InvariantCulture) : null, cancellationToken);

    /// <exception cref="FormatException">It is no threshold.</exception>
    public static double Checked(double threshold) =>
        threshold is > 0 and <= Greatest ? threshold : throw new FormatException($"a threshold is a number above 0 and at most {Greatest.ToString("N0", CultureInfo.InvariantCulture)}");

    /// <summary>Notes when other thresholds were configured than at the last start, so that folders say that they changed.</summary>
    public Task NoteConfiguredAsync(Database catalog, CancellationToken cancellationToken)
    {
        string value = string.Join(' ', Configured.Volumes.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Volume}:{v.Threshold}")).Prepend(Configured.Threshold.ToString("R", CultureInfo.InvariantCulture)));
        return catalog.WriteAsync(connection => Note(connection, "configuration", value, _clock.GetUtcNow().ToUnixTimeSeconds(), always: false), cancellationToken);
    }

    internal static void NoteAnalysis(DbConnection connection, long now) => Note(connection, "analysis", "", now, always: true);

    static void Note(DbConnection connection, string what, string value, long now, bool always) => connection.Execute($"""
        INSERT INTO quality_change (what, value, at) VALUES (@what, @value, @now)
        ON CONFLICT (what) DO UPDATE SET value = excluded.value, at = excluded.at WHERE {(always ? "at" : "value")} <> excluded.{(always ? "at" : "value")}
        """, new { what, value, now });

    /// <summary>When photos last came into other folders for everybody; null when they never did.</summary>
    internal static DateTimeOffset? LastChange(DbConnection connection) =>
        connection.ExecuteScalar<long?>("SELECT max(at) FROM quality_change") is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null;

    Chosen Read()
    {
        // Asked before: what is chosen while they are read is read again.
        long revision = Revision;
        return new(revision, _preferences.Of(Name));
    }

    sealed record Chosen(long Revision, IReadOnlyDictionary<string, Preference> Lines);
}
