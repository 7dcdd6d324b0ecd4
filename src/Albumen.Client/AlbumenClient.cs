using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Albumen.Client;

/// <summary>
/// Speaks to <c>albumend</c>, through the Unix socket of this machine or over the network with the app password of an admin.
/// Every method throws <see cref="DaemonUnreachableException"/> when nobody answers and <see cref="ApiException"/> when the answer is no.
/// </summary>
public sealed class AlbumenClient : IDisposable
{
    /// <summary>Believed on the socket only.</summary>
    public const string DoorHeader = "Albumen-Door";

    readonly HttpClient _http;
    readonly string _where;

    AlbumenClient(HttpMessageHandler handler, Uri address, string where)
    {
        // A scan that is waited for, or a listing of a large archive, takes as long as it takes.
        _http = new(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _where = where;
    }

    /// <summary>Through <c>ROOT/run/albumen/albumend.sock</c>; who may is decided by the peer's user and groups.</summary>
    /// <param name="door">How the log of changes names the door: <c>cli</c> for the command line; null is <c>api</c>.</param>
    public static AlbumenClient OverSocket(string path, string? door = null)
    {
        SocketsHttpHandler handler = new()
        {
            // What is not used is not set up: the command line lives for a tenth of a second.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        AlbumenClient client = new(handler, new("http://albumend/"), path);
        if (door is not null) client._http.DefaultRequestHeaders.Add(DoorHeader, door);
        return client;
    }

    /// <param name="address"><c>http://nas:1850</c> or <c>https://nas:1851</c>.</param>
    /// <param name="token">An app password of a user who is admin.</param>
    public static AlbumenClient OverNetwork(Uri address, string token)
    {
        AlbumenClient client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15), AllowAutoRedirect = false }, new(address, "/"), address.ToString());
        client._http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>GET /api/v1/status</summary>
    public Task<Status> StatusAsync(CancellationToken cancellationToken) => GetAsync("api/v1/status", ApiJson.Default.Status, cancellationToken);

    /// <summary>GET /api/v1/doctor</summary>
    public Task<IReadOnlyList<Symptom>> DoctorAsync(CancellationToken cancellationToken) => DoctorAsync(isDeep: false, cancellationToken);

    /// <summary>GET /api/v1/doctor</summary>
    /// <param name="isDeep">Also what takes long: every page of the databases.</param>
    public Task<IReadOnlyList<Symptom>> DoctorAsync(bool isDeep, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/doctor{(isDeep ? "?deep=true" : "")}", ApiJson.Default.IReadOnlyListSymptom, cancellationToken);

    /// <summary>GET /api/v1/units</summary>
    public Task<IReadOnlyList<Unit>> UnitsAsync(CancellationToken cancellationToken) => GetAsync("api/v1/units", ApiJson.Default.IReadOnlyListUnit, cancellationToken);

    /// <summary>GET /api/v1/config</summary>
    public Task<Configuration> ConfigurationAsync(CancellationToken cancellationToken) => GetAsync("api/v1/config", ApiJson.Default.Configuration, cancellationToken);

    /// <summary>POST /api/v1/config/check</summary>
    public Task<ConfigurationCheck> CheckConfigurationAsync(ConfigurationRequest request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/config/check", Json(request, ApiJson.Default.ConfigurationRequest), ApiJson.Default.ConfigurationCheck, cancellationToken);

    /// <summary>GET /api/v1/doors</summary>
    public Task<Doors> DoorsAsync(CancellationToken cancellationToken) => GetAsync("api/v1/doors", ApiJson.Default.Doors, cancellationToken);

    /// <summary>GET /api/v1/certificate</summary>
    /// <returns>Null: https is off.</returns>
    public async Task<Certificate?> CertificateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync("api/v1/certificate", ApiJson.Default.Certificate, cancellationToken);
        }
        catch (ApiException error) when (error.Status is 404)
        {
            return null;
        }
    }

    /// <summary>GET /api/v1/formats</summary>
    public Task<IReadOnlyList<Format>> FormatsAsync(CancellationToken cancellationToken) =>
        GetAsync("api/v1/formats", ApiJson.Default.IReadOnlyListFormat, cancellationToken);

    /// <summary>GET /api/v1/volumes</summary>
    public Task<IReadOnlyList<VolumeStatus>> VolumesAsync(CancellationToken cancellationToken) =>
        GetAsync("api/v1/volumes", ApiJson.Default.IReadOnlyListVolumeStatus, cancellationToken);

    /// <summary>POST /api/v1/volumes/{name}/confirm: what a suspect volume lacks is missing.</summary>
    public Task<VolumeDecision> ConfirmVolumeAsync(string name, bool isDryRun, CancellationToken cancellationToken) => DecideAsync(name, "confirm", isDryRun, cancellationToken);

    /// <summary>POST /api/v1/volumes/{name}/reject: a suspect volume is not right as it is.</summary>
    public Task<VolumeDecision> RejectVolumeAsync(string name, bool isDryRun, CancellationToken cancellationToken) => DecideAsync(name, "reject", isDryRun, cancellationToken);

    Task<VolumeDecision> DecideAsync(string name, string decision, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/volumes/{Escape(name)}/{decision}{DryRun(isDryRun)}", new ByteArrayContent([]), ApiJson.Default.VolumeDecision, cancellationToken);

    /// <summary>POST /api/v1/volumes/NAME/sidecars/relocate.</summary>
    public Task<RelocateAnswer> RelocateSidecarsAsync(string volume, RelocateRequest request, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/volumes/{Escape(volume)}/sidecars/relocate", Json(request, ApiJson.Default.RelocateRequest), ApiJson.Default.RelocateAnswer, cancellationToken);

    /// <summary>POST /api/v1/sidecars/sync.</summary>
    public async Task SyncSidecarsAsync(CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "api/v1/sidecars/sync", new ByteArrayContent([]), cancellationToken)).Dispose();

    /// <summary>POST /api/v1/scan without waiting.</summary>
    /// <param name="volumes">Null is all.</param>
    public async Task ScanAsync(IReadOnlyList<string>? volumes, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "api/v1/scan", Json(new(volumes, Wait: false), ApiJson.Default.ScanRequest), cancellationToken)).Dispose();

    /// <summary>POST /api/v1/scan, with progress until all is done.</summary>
    /// <inheritdoc cref="ScanAsync"/>
    public async IAsyncEnumerable<ScanProgress> ScanAndWaitAsync(IReadOnlyList<string>? volumes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Post, "api/v1/scan", Json(new(volumes, Wait: true), ApiJson.Default.ScanRequest), cancellationToken);
        await foreach (ScanProgress line in LinesAsync(response, ApiJson.Default.ScanProgress, cancellationToken)) yield return line;
    }

    /// <summary>GET /api/v1/derivatives</summary>
    public Task<DerivativeStatus> DerivativesAsync(CancellationToken cancellationToken) => GetAsync("api/v1/derivatives", ApiJson.Default.DerivativeStatus, cancellationToken);

    /// <summary>POST /api/v1/derivatives: has all that are missing made.</summary>
    public Task<OrderedDerivatives> MakeDerivativesAsync(DerivativeOrder order, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/derivatives{DryRun(isDryRun)}", Json(order, ApiJson.Default.DerivativeOrder), ApiJson.Default.OrderedDerivatives, cancellationToken);

    /// <summary>GET /api/v1/verify</summary>
    public Task<VerifyStatus> VerifyStatusAsync(CancellationToken cancellationToken) => GetAsync("api/v1/verify", ApiJson.Default.VerifyStatus, cancellationToken);

    /// <summary>POST /api/v1/verify without waiting.</summary>
    public async Task VerifyAsync(VerifyRequest request, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, "api/v1/verify", Json(request with { Wait = false }, ApiJson.Default.VerifyRequest), cancellationToken)).Dispose();

    /// <summary>POST /api/v1/verify, with progress until all is done.</summary>
    public async IAsyncEnumerable<VerifyProgress> VerifyAndWaitAsync(VerifyRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Post, "api/v1/verify", Json(request with { Wait = true }, ApiJson.Default.VerifyRequest), cancellationToken);
        await foreach (VerifyProgress line in LinesAsync(response, ApiJson.Default.VerifyProgress, cancellationToken)) yield return line;
    }

    /// <summary>POST /api/v1/verify/stop</summary>
    /// <param name="volumes">Null is all.</param>
    public Task<StoppedVerifications> StopVerifyingAsync(IReadOnlyList<string>? volumes, CancellationToken cancellationToken) =>
        PostAsync("api/v1/verify/stop", Json(new(volumes), ApiJson.Default.StopRequest), ApiJson.Default.StoppedVerifications, cancellationToken);

    /// <summary>POST /api/v1/verify/accept: a rotted file is right as it is.</summary>
    /// <param name="path">In the tree, below /Folders.</param>
    public async Task AcceptAsync(string path, bool isDryRun, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, $"api/v1/verify/accept{DryRun(isDryRun)}", Json(new(path), ApiJson.Default.AcceptRequest), cancellationToken)).Dispose();

    /// <summary>GET /api/v1/backups</summary>
    public Task<BackupStatus> BackupsAsync(CancellationToken cancellationToken) => GetAsync("api/v1/backups", ApiJson.Default.BackupStatus, cancellationToken);

    /// <summary>POST /api/v1/backups: makes one.</summary>
    /// <returns>Null when it is not waited for.</returns>
    public async Task<ListedBackup?> BackUpAsync(bool wait, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "api/v1/backups", Json(new(wait), ApiJson.Default.BackupRequest), cancellationToken);
        return wait ? await response.Content.ReadFromJsonAsync(ApiJson.Default.ListedBackup, cancellationToken) : null;
    }

    /// <summary>GET /api/v1/tree</summary>
    /// <param name="path">Absolute, in the tree.</param>
    /// <param name="isRecursive">Everything below, too.</param>
    public async IAsyncEnumerable<TreeEntry> TreeAsync(string path, bool isRecursive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, TreeAddress(path, isRecursive), null, cancellationToken);
        await foreach (TreeEntry line in LinesAsync(response, ApiJson.Default.TreeEntry, cancellationToken)) yield return line;
    }

    /// <summary>GET /api/v1/tree, its lines of JSON as they come.</summary>
    /// <inheritdoc cref="TreeAsync"/>
    public async Task CopyTreeAsync(string path, bool isRecursive, Stream output, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, TreeAddress(path, isRecursive), null, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[128 * 1024];
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var count) await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
    }

    /// <summary>GET /api/v1/entry: the folder or file itself.</summary>
    /// <param name="path">Absolute, in the tree.</param>
    public Task<TreeEntry> EntryAsync(string path, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/entry?path={Escape(path)}", ApiJson.Default.TreeEntry, cancellationToken);

    /// <summary>GET /api/v1/assets</summary>
    /// <param name="after">Null for the first page, then <see cref="Page{T}.Next"/>.</param>
    public Task<Page<ListedAsset>> AssetsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/assets?limit={limit}{After(after)}", ApiJson.Default.PageListedAsset, cancellationToken);

    /// <summary>GET /api/v1/assets/{id}</summary>
    /// <param name="id">32 hexadecimal digits, or the first of them as long as they fit one asset only.</param>
    public Task<AssetDetail> AssetAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/assets/{Escape(id)}", ApiJson.Default.AssetDetail, cancellationToken);

    /// <summary>GET /api/v1/assets/{id}/pixels: the picture, as large as fits into a box. 503 while it is being made.</summary>
    /// <param name="width">In pixels, as the height from 1 to 2048.</param>
    /// <inheritdoc cref="AssetAsync"/>
    public async Task<Pixels> PixelsAsync(string id, int width, int height, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, $"api/v1/assets/{Escape(id)}/pixels?width={width}&height={height}", null, cancellationToken);
        try
        {
            return Pixels.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (FormatException error)
        {
            throw NotAlbumen(error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw BrokenOff(error);
        }
    }

    /// <summary>GET /api/v1/search</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<ListedAsset>> SearchAsync(string query, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/search?q={Escape(query)}&limit={limit}{After(after)}", ApiJson.Default.PageListedAsset, cancellationToken);

    /// <summary>POST /api/v1/edits</summary>
    public Task<EditResult> EditAsync(EditRequest request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/edits", Json(request, ApiJson.Default.EditRequest), ApiJson.Default.EditResult, cancellationToken);

    /// <summary>GET /api/v1/operations: the last one first.</summary>
    /// <param name="photo">A path in the tree or the beginning of an id: only what changed this one; null is all.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Operation>> OperationsAsync(string? photo, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/operations?limit={limit}{After(after)}{(photo is null ? "" : $"&photo={Escape(photo)}")}", ApiJson.Default.PageOperation, cancellationToken);

    /// <summary>GET /api/v1/operations/{number}</summary>
    /// <param name="after">Null for the first page of its changes, then <see cref="OperationDetail.Next"/>.</param>
    public Task<OperationDetail> OperationAsync(long number, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/operations/{number}?limit={limit}{After(after)}", ApiJson.Default.OperationDetail, cancellationToken);

    /// <summary>POST /api/v1/operations/{number}/undo, or /operations/undo for the last one that a person did.</summary>
    /// <inheritdoc cref="AddUserAsync"/>
    public Task<UndoResult> UndoAsync(long? number, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/operations/{(number is null ? "" : $"{number}/")}undo{DryRun(isDryRun)}", new ByteArrayContent([]), ApiJson.Default.UndoResult, cancellationToken);

    /// <summary>GET /api/v1/tags</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Tag>> TagsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/tags?limit={limit}{After(after)}", ApiJson.Default.PageTag, cancellationToken);

    /// <summary>POST /api/v1/tags</summary>
    public Task<ArrangeResult> CreateTagAsync(TagChoice tag, CancellationToken cancellationToken) => ArrangeAsync("tags", tag, ApiJson.Default.TagChoice, cancellationToken);

    /// <summary>POST /api/v1/tags/delete</summary>
    public Task<ArrangeResult> DeleteTagAsync(TagChoice tag, CancellationToken cancellationToken) => ArrangeAsync("tags/delete", tag, ApiJson.Default.TagChoice, cancellationToken);

    /// <summary>GET /api/v1/albums</summary>
    /// <param name="isTrash">Those in the trash, and no others.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Album>> AlbumsAsync(bool isTrash, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/albums?limit={limit}{(isTrash ? "&trash=true" : "")}{After(after)}", ApiJson.Default.PageAlbum, cancellationToken);

    /// <summary>GET /api/v1/album</summary>
    /// <param name="album">Its path, <c>Trips/2024</c>, or its id.</param>
    public Task<Album> AlbumAsync(string album, CancellationToken cancellationToken) => GetAsync($"api/v1/album?album={Escape(album)}", ApiJson.Default.Album, cancellationToken);

    /// <summary>GET /api/v1/albums/entries, in the album's order.</summary>
    /// <inheritdoc cref="AlbumAsync"/>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<AlbumEntry>> AlbumEntriesAsync(string album, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/albums/entries?album={Escape(album)}&limit={limit}{After(after)}", ApiJson.Default.PageAlbumEntry, cancellationToken);

    /// <summary>POST /api/v1/albums</summary>
    public Task<ArrangeResult> CreateAlbumAsync(NewAlbum album, CancellationToken cancellationToken) => ArrangeAsync("albums", album, ApiJson.Default.NewAlbum, cancellationToken);

    /// <summary>POST /api/v1/albums/change</summary>
    public Task<ArrangeResult> ChangeAlbumAsync(AlbumChange change, CancellationToken cancellationToken) => ArrangeAsync("albums/change", change, ApiJson.Default.AlbumChange, cancellationToken);

    /// <summary>POST /api/v1/albums/add</summary>
    public Task<ArrangeResult> AddToAlbumAsync(AlbumPhotos photos, CancellationToken cancellationToken) => ArrangeAsync("albums/add", photos, ApiJson.Default.AlbumPhotos, cancellationToken);

    /// <summary>POST /api/v1/albums/remove</summary>
    public Task<ArrangeResult> RemoveFromAlbumAsync(AlbumPhotos photos, CancellationToken cancellationToken) => ArrangeAsync("albums/remove", photos, ApiJson.Default.AlbumPhotos, cancellationToken);

    /// <summary>POST /api/v1/albums/rename-entry</summary>
    public Task<ArrangeResult> RenameInAlbumAsync(EntryRename rename, CancellationToken cancellationToken) => ArrangeAsync("albums/rename-entry", rename, ApiJson.Default.EntryRename, cancellationToken);

    /// <summary>POST /api/v1/albums/delete: into the trash.</summary>
    public Task<ArrangeResult> DeleteAlbumAsync(AlbumChoice album, CancellationToken cancellationToken) => ArrangeAsync("albums/delete", album, ApiJson.Default.AlbumChoice, cancellationToken);

    /// <summary>POST /api/v1/albums/restore: out of the trash.</summary>
    public Task<ArrangeResult> RestoreAlbumAsync(AlbumChoice album, CancellationToken cancellationToken) => ArrangeAsync("albums/restore", album, ApiJson.Default.AlbumChoice, cancellationToken);

    /// <summary>POST /api/v1/albums/freeze</summary>
    public Task<ArrangeResult> FreezeAsync(FreezeRequest request, CancellationToken cancellationToken) => ArrangeAsync("albums/freeze", request, ApiJson.Default.FreezeRequest, cancellationToken);

    /// <summary>GET /api/v1/trash</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<TrashedPhoto>> TrashAsync(string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/trash?limit={limit}{After(after)}", ApiJson.Default.PageTrashedPhoto, cancellationToken);

    /// <summary>POST /api/v1/trash: into the trash.</summary>
    public Task<ArrangeResult> PutIntoTrashAsync(TrashRequest request, CancellationToken cancellationToken) => ArrangeAsync("trash", request, ApiJson.Default.TrashRequest, cancellationToken);

    /// <summary>POST /api/v1/trash/restore: out of the trash.</summary>
    public Task<ArrangeResult> RestoreAsync(TrashRequest request, CancellationToken cancellationToken) => ArrangeAsync("trash/restore", request, ApiJson.Default.TrashRequest, cancellationToken);

    /// <summary>GET /api/v1/purge</summary>
    /// <param name="all">Also what is to be kept longer.</param>
    public Task<PurgePlan> PlanPurgeAsync(bool all, CancellationToken cancellationToken) => GetAsync($"api/v1/purge?all={(all ? "true" : "false")}", ApiJson.Default.PurgePlan, cancellationToken);

    /// <summary>POST /api/v1/purge: removes files for good.</summary>
    public Task<PurgeResult> PurgeAsync(PurgeRequest request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/purge", Json(request, ApiJson.Default.PurgeRequest), ApiJson.Default.PurgeResult, cancellationToken);

    /// <summary>GET /api/v1/smart</summary>
    public Task<IReadOnlyList<SmartAlbum>> SmartAlbumsAsync(CancellationToken cancellationToken) => GetAsync("api/v1/smart", ApiJson.Default.IReadOnlyListSmartAlbum, cancellationToken);

    /// <summary>POST /api/v1/smart</summary>
    public Task<ArrangeResult> CreateSmartAlbumAsync(NewSmartAlbum album, CancellationToken cancellationToken) => ArrangeAsync("smart", album, ApiJson.Default.NewSmartAlbum, cancellationToken);

    /// <summary>POST /api/v1/smart/change</summary>
    public Task<ArrangeResult> ChangeSmartAlbumAsync(SmartAlbumChange change, CancellationToken cancellationToken) => ArrangeAsync("smart/change", change, ApiJson.Default.SmartAlbumChange, cancellationToken);

    /// <summary>POST /api/v1/smart/delete</summary>
    public Task<ArrangeResult> DeleteSmartAlbumAsync(SmartAlbumChoice album, CancellationToken cancellationToken) => ArrangeAsync("smart/delete", album, ApiJson.Default.SmartAlbumChoice, cancellationToken);

    Task<ArrangeResult> ArrangeAsync<T>(string what, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/{what}", Json(request, type), ApiJson.Default.ArrangeResult, cancellationToken);

    /// <summary>GET /api/v1/conflicts</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Conflict>> ConflictsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/conflicts?limit={limit}{After(after)}", ApiJson.Default.PageConflict, cancellationToken);

    /// <summary>POST /api/v1/conflicts/resolve</summary>
    public Task<DecidedConflicts> ResolveAsync(ConflictDecision decision, CancellationToken cancellationToken) =>
        PostAsync("api/v1/conflicts/resolve", Json(decision, ApiJson.Default.ConflictDecision), ApiJson.Default.DecidedConflicts, cancellationToken);

    /// <summary>GET /api/v1/export: a tar archive.</summary>
    public async Task<Stream> ExportAsync(CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await SendAsync(HttpMethod.Get, "api/v1/export", null, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>POST /api/v1/layer/import</summary>
    /// <param name="lines">Of a journal, whole.</param>
    /// <param name="first">The number of the first of them, for messages.</param>
    public Task<ImportedOperations> ImportOperationsAsync(ReadOnlyMemory<byte> lines, long first, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/layer/import?first={first}&dry_run={(isDryRun ? "true" : "false")}", Lines(lines), ApiJson.Default.ImportedOperations, cancellationToken);

    /// <summary>POST /api/v1/layer/names</summary>
    /// <param name="lines">Of a file of names, whole.</param>
    public Task<ImportedNames> ImportNamesAsync(ReadOnlyMemory<byte> lines, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/layer/names{DryRun(isDryRun)}", Lines(lines), ApiJson.Default.ImportedNames, cancellationToken);

    /// <summary>POST /api/v1/layer/sidecars</summary>
    public Task<ImportedSidecars> ImportSidecarsAsync(SidecarBatch batch, bool isDryRun, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/layer/sidecars{DryRun(isDryRun)}", Json(batch, ApiJson.Default.SidecarBatch), ApiJson.Default.ImportedSidecars, cancellationToken);

    static ReadOnlyMemoryContent Lines(ReadOnlyMemory<byte> lines) => new(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };

    /// <summary>GET /api/v1/missing</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<MissingAsset>> MissingAsync(string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/missing?limit={limit}{After(after)}", ApiJson.Default.PageMissingAsset, cancellationToken);

    /// <summary>POST /api/v1/work/pause: what nobody waits for.</summary>
    /// <param name="duration">Null: until somebody resumes it.</param>
    public Task<WorkState> PauseAsync(TimeSpan? duration, CancellationToken cancellationToken) =>
        PostAsync("api/v1/work/pause", Json(new(duration?.TotalMinutes), ApiJson.Default.PauseRequest), ApiJson.Default.WorkState, cancellationToken);

    /// <summary>POST /api/v1/work/resume</summary>
    public Task<WorkState> ResumeAsync(CancellationToken cancellationToken) => PostAsync("api/v1/work/resume", new ByteArrayContent([]), ApiJson.Default.WorkState, cancellationToken);

    /// <summary>GET /api/v1/jobs: the first ones of all.</summary>
    public Task<Page<Job>> JobsAsync(int limit, CancellationToken cancellationToken) => JobsAsync(null, failed: false, null, limit, cancellationToken);

    /// <summary>GET /api/v1/jobs</summary>
    /// <param name="kind">Null is all.</param>
    /// <param name="failed">Only those that were tried in vain.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Job>> JobsAsync(string? kind, bool failed, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/jobs?limit={limit}{After(after)}{Kind(kind)}{(failed ? "&failed=true" : "")}", ApiJson.Default.PageJob, cancellationToken);

    /// <summary>GET /api/v1/jobs/summary</summary>
    public Task<JobSummary> JobSummaryAsync(CancellationToken cancellationToken) => GetAsync("api/v1/jobs/summary", ApiJson.Default.JobSummary, cancellationToken);

    /// <summary>POST /api/v1/jobs/retry</summary>
    public Task<RetriedJobs> RetryJobsAsync(JobRetry request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/jobs/retry", Json(request, ApiJson.Default.JobRetry), ApiJson.Default.RetriedJobs, cancellationToken);

    /// <summary>POST /api/v1/jobs/priority</summary>
    public Task<PrioritisedJobs> PrioritiseJobsAsync(JobPriority request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/jobs/priority", Json(request, ApiJson.Default.JobPriority), ApiJson.Default.PrioritisedJobs, cancellationToken);

    /// <summary>GET /api/v1/problems: of every kind.</summary>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Problem>> ProblemsAsync(string? after, int limit, CancellationToken cancellationToken) => ProblemsAsync(null, after, limit, cancellationToken);

    /// <summary>GET /api/v1/problems</summary>
    /// <param name="kind">Null is all.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<Problem>> ProblemsAsync(string? kind, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/problems?limit={limit}{After(after)}{Kind(kind)}", ApiJson.Default.PageProblem, cancellationToken);

    /// <summary>GET /api/v1/problems/summary</summary>
    public Task<ProblemSummary> ProblemSummaryAsync(CancellationToken cancellationToken) => GetAsync("api/v1/problems/summary", ApiJson.Default.ProblemSummary, cancellationToken);

    /// <summary>POST /api/v1/problems/retry</summary>
    public Task<RetriedProblems> RetryProblemsAsync(ProblemRetry request, CancellationToken cancellationToken) =>
        PostAsync("api/v1/problems/retry", Json(request, ApiJson.Default.ProblemRetry), ApiJson.Default.RetriedProblems, cancellationToken);

    /// <summary>GET /api/v1/messages: the daemon's own log. <see cref="Page{T}.Next"/> is always there.</summary>
    /// <param name="after">Null for the last ones there are, then <see cref="Page{T}.Next"/>.</param>
    /// <param name="level">This one and graver; null is all.</param>
    /// <param name="waitInSeconds">When there is none, for one to come; at most 30.</param>
    public Task<Page<Message>> MessagesAsync(string? after, int limit, string? level, int waitInSeconds, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/messages?limit={limit}&wait={waitInSeconds}{After(after)}{(level is null ? "" : $"&level={Escape(level)}")}", ApiJson.Default.PageMessage, cancellationToken);

    /// <summary>GET /api/v1/duplicates</summary>
    /// <param name="keep"><c>oldest</c>, <c>best</c> or <c>preferred-path</c>; null is best, or preferred-path where there are preferred ones.</param>
    /// <param name="prefer">Folders in the tree, the most preferred first.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<DuplicatePlan> DuplicatesAsync(string? keep, IReadOnlyList<string> prefer, string? after, int limit, CancellationToken cancellationToken) => GetAsync(
        $"api/v1/duplicates?limit={limit}{After(after)}{(keep is null ? "" : $"&keep={Escape(keep)}")}{string.Concat(prefer.Select(path => $"&prefer={Escape(path)}"))}",
        ApiJson.Default.DuplicatePlan, cancellationToken);

    /// <summary>GET /api/v1/stacks</summary>
    /// <param name="rule">Null: all.</param>
    public Task<Page<Stack>> StacksAsync(string? rule, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/stacks?limit={limit}{After(after)}{(rule is null ? "" : $"&rule={Escape(rule)}")}", ApiJson.Default.PageStack, cancellationToken);

    /// <summary>POST /api/v1/stacks/rehearse: what other rules would change.</summary>
    public Task<StackRehearsalResult> RehearseStacksAsync(StackRules rules, CancellationToken cancellationToken) =>
        PostAsync("api/v1/stacks/rehearse", Json(rules, ApiJson.Default.StackRules), ApiJson.Default.StackRehearsalResult, cancellationToken);

    /// <summary>POST /api/v1/stacks: together.</summary>
    public Task<ArrangeResult> StackAsync(StackRequest request, CancellationToken cancellationToken) => ArrangeAsync("stacks", request, ApiJson.Default.StackRequest, cancellationToken);

    /// <summary>POST /api/v1/stacks/apart</summary>
    public Task<ArrangeResult> UnstackAsync(StackRequest request, CancellationToken cancellationToken) => ArrangeAsync("stacks/apart", request, ApiJson.Default.StackRequest, cancellationToken);

    /// <summary>GET /api/v1/duplicates/near</summary>
    /// <param name="distance">Of 64 bits so many may differ; null is as usual.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<NearDuplicatePlan> NearDuplicatesAsync(int? distance, string? after, int limit, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/duplicates/near?limit={limit}{After(after)}{(distance is null ? "" : $"&distance={distance}")}", ApiJson.Default.NearDuplicatePlan, cancellationToken);

    /// <summary>GET /api/v1/quality</summary>
    /// <param name="threshold">What would this one move? Null asks for no preview.</param>
    /// <param name="user">As this user has it; null: as configured.</param>
    /// <param name="volume">Only its photos; null is all.</param>
    public Task<Quality> QualityAsync(double? threshold, string? user, string? volume, CancellationToken cancellationToken)
    {
        string?[] words = [threshold is { } value ? string.Create(CultureInfo.InvariantCulture, $"threshold={value}") : null, user is null ? null : $"user={Escape(user)}", volume is null ? null : $"volume={Escape(volume)}"];
        return GetAsync($"api/v1/quality?{string.Join('&', words.OfType<string>())}", ApiJson.Default.Quality, cancellationToken);
    }

    /// <summary>GET /api/v1/quality/photos</summary>
    /// <param name="state"><c>all</c>, <c>blurred</c>, <c>clear</c> or <c>unprocessed</c>.</param>
    /// <param name="order"><c>near</c> (to the threshold), <c>blurriest</c> or <c>sharpest</c>.</param>
    /// <param name="threshold">As it would be with this one; null: as it is.</param>
    /// <param name="user">As this user has it; null: as configured.</param>
    /// <inheritdoc cref="AssetsAsync"/>
    public Task<Page<QualityPhoto>> QualityPhotosAsync(string state, string order, double? threshold, string? user, string? after, int limit, CancellationToken cancellationToken) => GetAsync(
        $"api/v1/quality/photos?state={Escape(state)}&order={Escape(order)}&limit={limit}{After(after)}{(user is null ? "" : $"&user={Escape(user)}")}"
            + (threshold is { } value ? string.Create(CultureInfo.InvariantCulture, $"&threshold={value}") : ""),
        ApiJson.Default.PageQualityPhoto, cancellationToken);

    /// <summary>PUT /api/v1/quality/threshold</summary>
    public async Task ChooseThresholdAsync(ThresholdChoice choice, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Put, "api/v1/quality/threshold", Json(choice, ApiJson.Default.ThresholdChoice), cancellationToken)).Dispose();

    /// <summary>POST /api/v1/quality/analyse, line by line.</summary>
    public async IAsyncEnumerable<AnalyseProgress> AnalyseAsync(AnalyseRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "api/v1/quality/analyse", Json(request, ApiJson.Default.AnalyseRequest), cancellationToken);
        await foreach (AnalyseProgress line in LinesAsync(response, ApiJson.Default.AnalyseProgress, cancellationToken)) yield return line;
    }

    /// <summary>GET /api/v1/users</summary>
    public Task<IReadOnlyList<User>> UsersAsync(CancellationToken cancellationToken) =>
        GetAsync("api/v1/users", ApiJson.Default.IReadOnlyListUser, cancellationToken);

    /// <summary>POST /api/v1/users</summary>
    /// <param name="isDryRun">Only say whether it could be done.</param>
    public async Task AddUserAsync(NewUser user, bool isDryRun, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, $"api/v1/users{DryRun(isDryRun)}", Json(user, ApiJson.Default.NewUser), cancellationToken)).Dispose();

    /// <summary>DELETE /api/v1/users/{name}</summary>
    /// <inheritdoc cref="AddUserAsync"/>
    public Task RemoveUserAsync(string name, bool isDryRun, CancellationToken cancellationToken) =>
        DeleteAsync($"api/v1/users/{Escape(name)}{DryRun(isDryRun)}", cancellationToken);

    /// <summary>GET /api/v1/users/{name}/app-passwords</summary>
    public Task<IReadOnlyList<AppPassword>> AppPasswordsAsync(string user, CancellationToken cancellationToken) =>
        GetAsync($"api/v1/users/{Escape(user)}/app-passwords", ApiJson.Default.IReadOnlyListAppPassword, cancellationToken);

    /// <summary>POST /api/v1/users/{name}/app-passwords</summary>
    public Task<CreatedAppPassword> CreateAppPasswordAsync(string user, NewAppPassword password, CancellationToken cancellationToken) =>
        PostAsync($"api/v1/users/{Escape(user)}/app-passwords", Json(password, ApiJson.Default.NewAppPassword), ApiJson.Default.CreatedAppPassword, cancellationToken);

    /// <summary>DELETE /api/v1/users/{name}/app-passwords/{selector}</summary>
    /// <inheritdoc cref="AddUserAsync"/>
    public Task RevokeAppPasswordAsync(string user, string selector, bool isDryRun, CancellationToken cancellationToken) =>
        DeleteAsync($"api/v1/users/{Escape(user)}/app-passwords/{Escape(selector)}{DryRun(isDryRun)}", cancellationToken);

    public void Dispose() => _http.Dispose();

    async Task<T> GetAsync<T>(string address, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, null, cancellationToken);
        return await BodyAsync(response, type, cancellationToken);
    }

    async Task<T> PostAsync<T>(string address, HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, address, content, cancellationToken);
        return await BodyAsync(response, type, cancellationToken);
    }

    async Task DeleteAsync(string address, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, address, null, cancellationToken)).Dispose();

    async Task<T> BodyAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), type) ?? throw NotAlbumen(null);
        }
        catch (JsonException error)
        {
            throw NotAlbumen(error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw BrokenOff(error);
        }
    }

    async IAsyncEnumerable<T> LinesAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using IAsyncEnumerator<T?> lines = JsonSerializer.DeserializeAsyncEnumerable(body, type, topLevelValues: true, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            T? line;
            try
            {
                if (!await lines.MoveNextAsync()) yield break;
                line = lines.Current;
            }
            catch (Exception error) when (error is IOException or HttpRequestException or JsonException)
            {
                throw BrokenOff(error);
            }
            yield return line ?? throw NotAlbumen(null);
        }
    }

    async ValueTask<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw BrokenOff(error);
        }
    }

    /// <summary>Gives an answer that says yes, its body still to be read.</summary>
    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, address) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            // There was nobody to connect to in all the time that is given to that.
            throw Unreachable(new HttpRequestException(HttpRequestError.ConnectionError, "it gave no answer in time", error));
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellationToken);
    }

    async Task<Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json")
            try
            {
                if (await response.Content.ReadFromJsonAsync(ApiJson.Default.ProblemDetails, cancellationToken) is { } problem)
                    return new ApiException(status, problem.Title ?? $"HTTP {status}", problem.Detail);
            }
            catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
            {
                return BrokenOff(error);
            }
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => NotAlbumen(null),
            HttpStatusCode.InternalServerError => new ApiException(status, "It failed", $"albumend at {_where} failed over this; its log says why."),
            _ => new ApiException(status, $"HTTP {status} {response.ReasonPhrase}", null),
        };
    }

    DaemonUnreachableException Unreachable(HttpRequestException error)
    {
        string why = error.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.ConnectionRefused } => "nobody listens there",
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                "permission denied. Use sudo, or add yourself to the group albumen (sudo adduser $USER albumen) and log in again",
            // connect(2) to a socket whose file is not there.
            SocketException { NativeErrorCode: 2 } => "there is no such socket",
            ArgumentException => "the path is too long for a Unix socket (107 bytes)",
            { } inner and not OperationCanceledException => inner.Message,
            _ => error.Message,
        };
        bool isStopped = error.InnerException is SocketException { SocketErrorCode: not SocketError.AccessDenied };
        const string Socket = "/run/albumen/albumend.sock";
        string start = _where.EndsWith(Socket, StringComparison.Ordinal) && _where != Socket ? $"albumend --root {_where[..^Socket.Length]} run" : "sudo systemctl start albumen";
        return new($"Cannot reach albumend at {_where}: {why}.{(isStopped ? $" Start it: {start}" : "")}", error);
    }

    ApiException BrokenOff(Exception error) => new(0, "The answer broke off", $"The answer of albumend at {_where} broke off ({error.Message}). Its log says why.");

    DaemonUnreachableException NotAlbumen(Exception? error) =>
        new($"What answers at {_where} is not albumend, or one of another version.", error);

    static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    static string TreeAddress(string path, bool isRecursive) => $"api/v1/tree?path={Escape(path)}&recursive={(isRecursive ? "true" : "false")}";

    static string After(string? after) => after is null ? "" : $"&after={Escape(after)}";

    static string Kind(string? kind) => kind is null ? "" : $"&kind={Escape(kind)}";

    static string DryRun(bool isDryRun) => isDryRun ? "?dry_run=true" : "";

    static string Escape(string text) => Uri.EscapeDataString(text);
}
