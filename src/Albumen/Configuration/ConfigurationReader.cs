using Albumen.Backups;
using Albumen.Catalog;
using Albumen.Catalog.Stacks;
using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.Extensions.Logging;

namespace Albumen.Configuration;

/// <summary>
/// Reads <c>albumen.yaml</c> and then <c>conf.d/*.yaml</c> in the order of their names. A later file replaces single values and adds volumes.
/// This is the one place that says which keys there are, what they may be and what they do when absent.
/// </summary>
public static class ConfigurationReader
{
    const string Smallest = """
        does not exist; write it, with at least
        volumes:
          - name: photos
            path: /srv/photos
        """;

    /// <summary>How fast originals may be verified: bytes a second, zero for no limit.</summary>
    /// <exception cref="FormatException">It says what to write instead.</exception>
    public static long VerifyRate(string text) => VerifyRates.Read(text);

    static Form<long> VerifyRates => Quantities.RateOrOff("100kB", "10GB");

    /// <summary>What a file would say of stacks, read after the present configuration; of its other keys nothing counts.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <exception cref="ConfigurationException">Something is wrong.</exception>
    public static StackSettings ReadStacks(string name, string text, StackSettings before)
    {
        Reading reading = new();
        Section file = new(YamlTree.Read(name, text, reading.Errors), "", reading);
        StackSettings after = Stacks(file.Child("stacks"), before);
        foreach (Section section in reading.Sections.Where(section => section != file)) section.NoteUnknownKeys();
        return reading.Errors.Count == 0 ? after : throw new ConfigurationException(reading.Errors);
    }

    /// <exception cref="ConfigurationException">Something is wrong; it holds everything that is, findings included.</exception>
    /// <param name="instead">Text to take for what stands in the first file; null: what does.</param>
    public static Settings Read(Layout layout, string? instead = null)
    {
        ConfiguredKeys keys = new();
        List<ConfigurationError> errors = [];
        List<ConfigurationError> findings = [];
        List<PlacedVolume> volumes = [];
        ConfigurationError? places = null;
        Place? backups = null;
        Settings settings = new();
        foreach (string file in Files(layout, instead is not null, errors, findings))
        {
            bool isGiven = instead is not null && file == layout.ConfigurationFile;
            if ((isGiven ? YamlText.Take(file, instead!, errors) : YamlText.Read(file, errors)) is not { } text) continue;
            Reading reading = new(keys: keys);
            settings = Apply(new(YamlTree.Read(file, text, reading.Errors), "", reading), settings, volumes, ref places, ref backups);
            foreach (Section section in reading.Sections) section.NoteUnknownKeys();
            errors.AddRange(reading.Errors.OrderBy(error => error.Line).ThenBy(error => error.Column));
        }
        VolumeChecks.NoteConflicts(volumes, layout, errors);
        BackupChecks.NoteConflicts(settings, volumes, backups, layout, errors);
        if (errors.Count == 0 && settings is { Http.Listen: { Port: > 0 } http, Https.Listen: { } https } && http == https)
            errors.Add(new(layout.ConfigurationFile, 0, 0, $"http and https cannot both listen at {http}"));
        findings.AddRange(VolumeChecks.Absent(volumes));
        if (places is not null) findings.Add(places);
        if (errors.Count > Reading.MostErrors)
            errors = [.. errors.Take(Reading.MostErrors), new(layout.ConfigurationFile, 0, 0, "... and more errors, not shown")];
        return errors.Count > 0
            ? throw new ConfigurationException([.. errors, .. findings])
            : settings with { Volumes = [.. volumes.Select(volume => volume.Settings)], Findings = findings, Keys = keys.All };
    }

    /// <summary>Every key there is, as <c>scan.every</c> and <c>volumes[].name</c>.</summary>
    internal static IReadOnlySet<string> KnownKeys()
    {
        Reading rehearsal = new(isRehearsal: true);
        ConfigurationError? none = null;
        Place? nowhere = null;
        Apply(new(Mapping.Empty(default), "", rehearsal), new(), [], ref none, ref nowhere);
        return rehearsal.KnownKeys;
    }

    static List<string> Files(Layout layout, bool isGiven, List<ConfigurationError> errors, List<ConfigurationError> findings)
    {
        List<string> files = [];
        if (isGiven || File.Exists(layout.ConfigurationFile)) files.Add(layout.ConfigurationFile);
        else errors.Add(new(layout.ConfigurationFile, 0, 0, Smallest));
        if (!Directory.Exists(layout.ConfigurationFolder)) return files;
        try
        {
            // A name with a dot in front is an editor's lock or swap file.
            foreach (string file in Directory.GetFiles(layout.ConfigurationFolder).Where(file => Path.GetFileName(file)[0] != '.').Order(StringComparer.Ordinal))
            {
                if (file.EndsWith(".yaml", StringComparison.Ordinal)) files.Add(file);
                else if (file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
                    findings.Add(new(file, 0, 0, "is not read; its name must end in .yaml"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(layout.ConfigurationFolder, 0, 0, $"cannot be listed: {e.Message}"));
        }
        return files;
    }

    static Settings Apply(Section file, Settings before, List<PlacedVolume> volumes, ref ConfigurationError? places, ref Place? backups)
    {
        foreach (Section volume in file.Children("volumes"))
            if (Volume(volume) is { } named) volumes.Add(named);
        return before with
        {
            Time = Time(file.Child("time"), before.Time, ref places),
            Scan = Scan(file.Child("scan"), before.Scan),
            Workers = Workers(file.Child("workers"), before.Workers),
            Io = Io(file.Child("io"), before.Io),
            Derivatives = Derivatives(file.Child("derivatives"), before.Derivatives),
            Cache = Cache(file.Child("cache"), before.Cache),
            Quality = Quality(file.Child("quality"), before.Quality),
            Verify = Verify(file.Child("verify"), before.Verify),
            Backup = Backup(file.Child("backup"), before.Backup, ref backups),
            Sidecars = Sidecars(file.Child("sidecars"), before.Sidecars),
            Stacks = Stacks(file.Child("stacks"), before.Stacks),
            Inbox = Inbox(file.Child("inbox"), before.Inbox),
            Trash = Trash(file.Child("trash"), before.Trash),
            WebDav = WebDav(file.Child("webdav"), before.WebDav),
            Http = Http(file, before.Http),
            Https = Https(file, before.Https),
            Announce = Announce(file, before.Announce),
            Logging = Logging(file.Child("logging"), before.Logging),
            SignIn = SignIn(file.Child("sign_in"), before.SignIn),
        };
    }

    static PlacedVolume? Volume(Section section)
    {
        string? name = section.Value("name", null, Form.Text(VolumeRules.Name));
        string? path = section.Value("path", null, Form.Text(VolumeRules.AbsolutePath));
        string? timezone = section.Value("timezone", null, Form.Text(VolumeRules.Timezone));
        IReadOnlyList<string> exclude = section.Texts("exclude", VolumeRules.Pattern);
        bool marker = section.Value("marker", false, Quantities.Switch);
        Placement? sidecars = section.Value("sidecars", null, Placed.Optional());
        bool layer = section.Value("layer", false, Quantities.Switch);
        bool writable = section.Value("writable", false, Quantities.Switch);
        bool stacks = section.Value("stacks", true, Quantities.Switch);
        double? blur = section.Child("quality").Value("threshold", null, Threshold.Optional());
        YamlNode? nameNode = section.Require("name");
        YamlNode? pathNode = section.Require("path");
        return name is not null && path is not null && nameNode is not null && pathNode is not null
            ? new(new(name, path, timezone, exclude, marker, sidecars, layer, writable, stacks, blur), nameNode.Place, pathNode.Place)
            : null;
    }

    /// <param name="finding">What is wrong with the file of places that counts; it replaces what an earlier one's was.</param>
    static TimeSettings Time(Section section, TimeSettings before, ref ConfigurationError? finding)
    {
        TimeSettings after = before with { Places = section.Value("places", before.Places, Form.Text(VolumeRules.AbsolutePath).Or("off", null)) };
        if (section.Find("places") is { } node)
            finding = after.Places is { } path && PlaceZones.Fault(path) is { } fault ? node.Place.Error($"{fault}; photos keep the zone of their volume") : null;
        return after;
    }

    static ScanSettings Scan(Section section, ScanSettings before) => before with
    {
        Every = section.Value("every", before.Every, Quantities.DurationOrOff("1m", "30d")),
        Poll = section.Value("poll", before.Poll, Quantities.DurationOrOff("1s", "30d")),
        Watch = section.Value("watch", before.Watch, Quantities.Switch),
        Breaker = section.Value("breaker", before.Breaker, new(VolumeRules.Breaker, VolumeRules.Written)),
        Settle = section.Value("settle", before.Settle, Quantities.DurationOrOff("1ms", "1h")),
    };

    static WorkerSettings Workers(Section section, WorkerSettings before) => before with
    {
        Count = section.Value("count", before.Count, Quantities.Whole(1, 64)),
        TimeLimit = section.Value("time_limit", before.TimeLimit, Quantities.Duration("1s", "1h")),
        MemoryLimitInBytes = section.Value("memory_limit", before.MemoryLimitInBytes, Quantities.Size("128MiB", "64GiB")),
        MegapixelLimit = section.Value("megapixel_limit", before.MegapixelLimit, Quantities.Whole(1, 10_000)),
    };

    static IoSettings Io(Section section, IoSettings before) => before with
    {
        Nice = section.Value("nice", before.Nice, Quantities.Whole(0, 19)),
        Class = section.Value("class", before.Class, Form.OneOf("", ("idle", IoClass.Idle), ("best-effort", IoClass.BestEffort), ("none", IoClass.None))),
        BytesPerSecond = section.Value("rate", before.BytesPerSecond, Quantities.Size("100kB", "100GB").Or("off", 0)),
        QuietHours = section.Value("quiet_hours", before.QuietHours, Form.Of(QuietHours.Parse)),
        Pressure = section.Value("pressure", before.Pressure, Quantities.Whole(1, 100).Or("off", 0)),
    };

    static DerivativeSettings Derivatives(Section section, DerivativeSettings before) => before with
    {
        PreviewQuality = section.Value("preview_quality", before.PreviewQuality, Quantities.Whole(1, 100)),
        ThumbnailQuality = section.Value("thumbnail_quality", before.ThumbnailQuality, Quantities.Whole(1, 100)),
        Svg = section.Value("svg", before.Svg, Quantities.Switch),
        Pdf = section.Value("pdf", before.Pdf, Quantities.Switch),
        Proxy = section.Value("proxy", before.Proxy, When),
        Animation = section.Value("animation", before.Animation, When),
        Contact = section.Value("contact", before.Contact, When),
        Motion = section.Value("motion", before.Motion, When),
    };

    static Form<MakeWhen> When { get; } = Form.OneOf("", ("on", MakeWhen.Always), ("off", MakeWhen.Never), ("on_demand", MakeWhen.OnDemand));

    static CacheSettings Cache(Section section, CacheSettings before) => before with
    {
        SizeInBytes = section.Value("size", before.SizeInBytes,
            Quantities.Size("1MB", "100000GB").Saying("write off, or a whole number and its unit from 1MB on: 500MB, 20GB or 20GiB").Optional().Or("off", null)),
    };

    static QualitySettings Quality(Section section, QualitySettings before) => before with { Threshold = section.Value("threshold", before.Threshold, Threshold) };

    static Form<double> Threshold { get; } = Form.Of<double>(text => Quantities.Whole(1, (int)BlurLines.Greatest).Read(text));

    static VerifySettings Verify(Section section, VerifySettings before) => before with
    {
        Schedule = section.Value("schedule", before.Schedule, Form.Of<CronExpression?>(CronExpression.Parse).Or("off", null)),
        BytesPerSecond = section.Value("rate", before.BytesPerSecond, VerifyRates),
    };

    /// <param name="place">Where its folder was written, if it was.</param>
    static BackupSettings Backup(Section section, BackupSettings before, ref Place? place)
    {
        BackupSettings after = before with
        {
            Schedule = section.Value("schedule", before.Schedule, Form.Of<CronExpression?>(CronExpression.Parse).Or("off", null)),
            Folder = section.Value("folder", before.Folder, Form.Text(VolumeRules.AbsolutePath).Or("off", null)),
            Daily = section.Value("daily", before.Daily, Quantities.Whole(1, 1000)),
            Weekly = section.Value("weekly", before.Weekly, Quantities.Whole(0, 1000)),
            Monthly = section.Value("monthly", before.Monthly, Quantities.Whole(0, 1000)),
        };
        place = section.Find("folder")?.Place ?? place;
        return after;
    }

    static SidecarSettings Sidecars(Section section, SidecarSettings before) => before with
    {
        Placement = section.Value("placement", before.Placement, Placed),
        Name = section.Value("name", before.Name, Form.OneOf(", the name that a.jpg's sidecar is to have", ("a.jpg.xmp", SidecarName.Full), ("a.xmp", SidecarName.Stem))),
        Conflicts = section.Value("conflicts", before.Conflicts,
            Form.OneOf("", ("newest", ConflictRule.Newest), ("ours", ConflictRule.Ours), ("theirs", ConflictRule.Theirs), ("ask", ConflictRule.Ask))),
        Delay = section.Value("delay", before.Delay, Quantities.Duration("10ms", "5m")),
    };

    static Form<Placement> Placed { get; } = Form.OneOf("", ("beside", Placement.Beside), ("mirror", Placement.Mirror), ("off", Placement.Off));

    static StackSettings Stacks(Section section, StackSettings before) => before with
    {
        RawJpeg = section.Value("raw_jpeg", before.RawJpeg, Quantities.Switch),
        LivePhotos = section.Value("live_photos", before.LivePhotos, Quantities.Switch),
        Bursts = section.Value("bursts", before.Bursts, Quantities.Switch),
        Edited = section.Value("edited", before.Edited, Quantities.Switch),
        LongestClip = section.Value("longest_clip", before.LongestClip, Quantities.Duration("1s", "1m")),
    };

    static InboxSettings Inbox(Section section, InboxSettings before) => before with
    {
        Template = section.Value("template", before.Template, Form.Of(PlaceTemplate.Parse)),
        Undated = section.Value("undated", before.Undated, Form.Of(PlaceTemplate.ParseUndated)),
        Settle = section.Value("settle", before.Settle, Quantities.Duration("10ms", "1h")),
        Receipts = section.Value("receipts", before.Receipts, Kept("forever, off", "1m").Or("off", TimeSpan.Zero)),
        FolderAsAlbum = section.Value("folder_as_album", before.FolderAsAlbum, Quantities.Switch),
    };

    static TrashSettings Trash(Section section, TrashSettings before) => before with
    {
        Retention = section.Value("retention", before.Retention, Kept("forever", "1s")),
        Purge = section.Value("purge", before.Purge, Quantities.Switch),
    };

    static WebDavSettings WebDav(Section section, WebDavSettings before) => before with
    {
        MakesVersions = section.Value("overwrite", before.MakesVersions, Form.OneOf("", ("version", true), ("refuse", false))),
        DeletesIntoTrash = section.Value("delete", before.DeletesIntoTrash, Form.OneOf("", ("refuse", false), ("trash", true))),
    };

    /// <param name="words">What can be written instead of how long.</param>
    static Form<TimeSpan?> Kept(string words, string least) =>
        Quantities.Duration(least, "10000d").Saying($"write {words}, or how long from {least} to 10000d, such as 30d").Optional().Or("forever", null);

    static HttpSettings? Http(Section file, HttpSettings? before)
    {
        bool isOn = before is not null;
        Section section = file.Switched("http", ref isOn);
        HttpSettings start = isOn && before is not null ? before : new();
        HttpSettings after = start with
        {
            Listen = section.Value("listen", start.Listen, Address),
            Insecure = section.Value("insecure", start.Insecure, Quantities.Switch),
        };
        return isOn ? after : null;
    }

    static HttpsSettings? Https(Section file, HttpsSettings? before)
    {
        bool isOn = before is not null;
        Section section = file.Switched("https", ref isOn);
        HttpsSettings start = isOn && before is not null ? before : new();
        // What systemd hands over need not be seen by us.
        Form<string?> pem = Form.Text(HttpsSettings.Credential is null ? VolumeRules.File : VolumeRules.AbsolutePath);
        HttpsSettings after = start with
        {
            Listen = section.Value("listen", start.Listen, Address),
            Certificate = section.Value("certificate", start.Certificate, pem),
            Key = section.Value("key", start.Key, pem),
        };
        if (section.Find("certificate") is null != section.Find("key") is null)
            section.NoteError("'certificate' and 'key' belong together: write both, or neither and Albumen makes its own");
        return isOn ? after : null;
    }

    static AnnounceSettings? Announce(Section file, AnnounceSettings? before)
    {
        bool isOn = before is not null;
        Section section = file.Switched("announce", ref isOn);
        AnnounceSettings start = isOn && before is not null ? before : new();
        AnnounceSettings after = start with { Name = section.Value("name", start.Name, Form.Of(AnnounceSettings.ParseName)) };
        return isOn ? after : null;
    }

    static Form<ListenAddress> Address { get; } = Form.Of(ListenAddress.Parse);

    static LoggingSettings Logging(Section section, LoggingSettings before) => before with
    {
        Level = section.Value("level", before.Level,
            Form.OneOf("", ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error))),
    };

    static SignInSettings SignIn(Section section, SignInSettings before) => before with
    {
        Failures = section.Value("failures", before.Failures, Quantities.Whole(1, 1000)),
        Pause = section.Value("pause", before.Pause, Quantities.Duration("1s", "1d")),
    };
}
