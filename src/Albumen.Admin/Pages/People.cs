using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Who may sign in, with which app passwords, and when they last did.</summary>
sealed class People(Desk desk) : ListPage<User>(desk)
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(80);

    readonly Dictionary<string, IReadOnlyList<AppPassword>> _passwords = [];

    public override string Name => "People";

    public override string Title => "People & access";

    public override string About =>
        "People & access: who may sign in. Each device or program gets an app password of its own, so that it can be taken away without the others. A password is shown once, when it is made, and cannot be read back. "
        + "Users mount the archive; admins may use the API over the network too. Whoever may use the socket on this machine is admin.";

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("a", "add a user", AddAsync),
        new("p", "new app password", CreateAsync),
        new("R", "revoke one", RevokeAsync),
        new("d Delete", "remove the user", RemoveAsync),
        new("Enter", "read all of it", ReadAsync, false),
    ];

    public override TimeSpan? Every => TimeSpan.FromSeconds(10);

    protected override string Nothing => "Nobody may sign in yet. a adds somebody.";

    protected override bool HasDetail => true;

    protected override IReadOnlyList<Column<User>> Columns { get; } =
    [
        new("Name", -1, u => u.Name),
        new("Role", 6, u => u.Admin ? "admin" : "user", Look: u => u.Admin ? Look.Caution : Look.Plain),
        new("Last use", 16, u => u.Used is { } used ? Words.Minute(used) : "never"),
        new("Since", 10, u => Words.Time(u.Created)[..10], From: 50),
    ];

    protected override string KeyOf(User item) => item.Name;

    protected override async Task<Page<User>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        IReadOnlyList<User> users = await Daemon.UsersAsync(cancellationToken);
        return new(users, null, users.Count);
    }

    protected override void OnChosen(User item) => _ = LearnAsync(item.Name);

    async Task LearnAsync(string name)
    {
        try
        {
            await Task.Delay(Moment, Desk.Ending);
            if (Chosen?.Name == name) await PasswordsAsync(name);
        }
        catch (Exception error) when (error is ApiException or DaemonUnreachableException or OperationCanceledException)
        {
            // They are asked for again with the list.
        }
    }

    async Task<IReadOnlyList<AppPassword>> PasswordsAsync(string name) => _passwords[name] = await Daemon.AppPasswordsAsync(name, Desk.Ending);

    protected override IReadOnlyList<(string Text, Style Look)> Detail(User item) =>
    [
        ($"{item.Name}, {(item.Admin ? "admin: also the API over the network" : "user: mounts the archive")}; since {Words.Minute(item.Created)}", Look.Plain),
        .. _passwords.GetValueOrDefault(item.Name) switch
        {
            null => [("App passwords: Enter asks for them.", Look.Faint)],
            [] => [("No app password yet: nobody can come in as this user. p makes one.", Look.Caution)],
            var passwords => passwords.Select(p => (Describe(p), Look.Plain)),
        },
    ];

    static string Describe(AppPassword password) =>
        $"{password.Selector}-…  {(password.Label.Length > 0 ? password.Label : "(no device named)")}, made {Words.Minute(password.Created)}, {(password.Used is { } used ? $"last used {Words.Minute(used)}" : "never used")}";

    protected override void DrawDetail(Area area, User item)
    {
        Area inside = area.Frame($"App passwords of {Printable.Show(item.Name)}", Look.Faint);
        inside = inside.Part(1, 0, inside.Width - 2, inside.Height);
        if (_passwords.GetValueOrDefault(item.Name) is not { } passwords)
        {
            inside.Write(0, 0, "…", Look.Faint);
            return;
        }
        if (passwords.Count == 0)
        {
            inside.WriteWords(0, 0, Detail(item)[1].Text, Look.Caution);
            return;
        }
        bool isDated = inside.Width >= 60;
        int device = Math.Max(8, inside.Width - 26 - (isDated ? 11 : 0));
        inside.Write(0, 0, "Begins", Look.Heading);
        inside.Write(8, 0, "For", Look.Heading);
        inside.Write(9 + device, 0, "Last used", Look.Heading);
        if (isDated) inside.Write(26 + device, 0, "Made", Look.Heading);
        for (int i = 0; i < passwords.Count; i++)
        {
            AppPassword password = passwords[i];
            // The last line says how many there is no room for.
            if (i + 1 == inside.Height - 1 && i + 1 < passwords.Count)
            {
                inside.Write(0, inside.Height - 1, $"and {Words.Count(passwords.Count - i)} more; Enter lists all", Look.Faint);
                break;
            }
            inside.Write(0, i + 1, password.Selector);
            inside.Write(8, i + 1, password.Label.Length > 0 ? password.Label : "(no device named)", device, password.Label.Length > 0 ? Look.Strong : Look.Faint);
            inside.Write(9 + device, i + 1, password.Used is { } used ? Words.Minute(used) : "never", password.Used is null ? Look.Faint : Look.Plain);
            if (isDated) inside.Write(26 + device, i + 1, Words.Time(password.Created)[..10], Look.Faint);
        }
    }

    async Task ReadAsync()
    {
        if (Chosen is not { } user) return;
        await PasswordsAsync(user.Name);
        await Desk.ReadAsync($"Access of {user.Name}", [.. Detail(user).Select(l => l.Text)]);
    }

    async Task AddAsync()
    {
        if (await Desk.AskAsync("A new user", "The name: 1 to 64 characters, without ':' and '/'.") is not { Length: > 0 } name) return;
        if (await Desk.ChooseAsync($"What {name} may do", ["user: mount the archive", "admin: also the API over the network, and with it everything here"], isQuick: true) is not { } role) return;
        NewUser user = new(name.Trim(), role == 1);
        await Daemon.AddUserAsync(user, true, Desk.Ending);
        if (user.Admin && !await Desk.ConfirmAsync($"{user.Name} as admin", [$"{user.Name} may change and remove everything that can be changed here, from anywhere the API can be reached."], "add the admin")) return;
        await Daemon.AddUserAsync(user, false, Desk.Ending);
        await ReloadAsync(Desk.Ending);
        Choose(user.Name);
        Desk.Say($"Added {user.Name}; d removes. p makes an app password: without one nobody can come in.");
    }

    async Task RemoveAsync()
    {
        if (Chosen is not { } user) return;
        IReadOnlyList<AppPassword> passwords = await PasswordsAsync(user.Name);
        await Daemon.RemoveUserAsync(user.Name, true, Desk.Ending);
        if (!await Desk.ConfirmAsync($"Remove {user.Name}", [.. RemovalPlan(user, passwords)], $"remove {user.Name}")) return;
        await Daemon.RemoveUserAsync(user.Name, false, Desk.Ending);
        await ReloadAsync(Desk.Ending);
        Desk.Say($"Removed {user.Name}. a adds the name again; its app passwords are gone for good.");
    }

    /// <summary>What goes with a user, and what stays.</summary>
    internal static IEnumerable<string> RemovalPlan(User user, IReadOnlyList<AppPassword> passwords)
    {
        yield return passwords.Count switch
        {
            0 => "There is no app password that would stop working.",
            1 => "This app password stops working at once, and cannot be brought back:",
            _ => $"These {passwords.Count} app passwords stop working at once, and cannot be brought back:",
        };
        foreach (AppPassword password in passwords) yield return $"  {Describe(password)}";
        yield return "";
        yield return $"Photos, albums and what {user.Name} said of them stay.";
    }

    async Task RevokeAsync()
    {
        if (Chosen is not { } user) return;
        IReadOnlyList<AppPassword> passwords = await PasswordsAsync(user.Name);
        if (passwords.Count == 0)
        {
            Desk.Say($"{user.Name} has no app password.");
            return;
        }
        if (await Desk.ChooseAsync($"Which one of {user.Name}", [.. passwords.Select(Describe)]) is not { } chosen) return;
        AppPassword password = passwords[chosen];
        if (!await Desk.ConfirmAsync("Revoke an app password", [Describe(password), "", "What uses it is locked out at once. It cannot be brought back; p makes another."], "revoke it")) return;
        await Daemon.RevokeAppPasswordAsync(user.Name, password.Selector, false, Desk.Ending);
        await ReloadAsync(Desk.Ending);
        Desk.Say($"Revoked {password.Selector}{(password.Label.Length > 0 ? $" ({password.Label})" : "")} of {user.Name}; p makes another.");
    }

    async Task CreateAsync()
    {
        if (Chosen is not { } user) return;
        if (await Desk.AskAsync($"A new app password for {user.Name}", "What it is for, such as Phone or Lightroom.") is not { } label) return;
        (IReadOnlyList<string> addresses, IReadOnlyList<string> code) = await AddressesAsync();
        CreatedAppPassword created = await Daemon.CreateAppPasswordAsync(user.Name, new(label.Trim()), Desk.Ending);
        await Desk.ReadAsync($"App password for {user.Name}", PasswordLines(created, label.Trim(), addresses, code));
        await ReloadAsync(Desk.Ending);
        Desk.Say($"{user.Name} has an app password{(label.Trim().Length > 0 ? $" for {label.Trim()}" : "")}; R revokes it.");
    }

    /// <summary>The password first: it is what cannot be had again.</summary>
    /// <param name="code">Of the first address; empty: none.</param>
    internal static IReadOnlyList<string> PasswordLines(CreatedAppPassword created, string label, IReadOnlyList<string> addresses, IReadOnlyList<string> code) =>
    [
        $"    {created.Password}", "", $"User {created.User}{(label.Length > 0 ? $", for {label}" : "")}. It is not shown again: write it where it is needed now.", "",
        .. addresses.Count > 0 ? (string[])["Mount:", .. addresses.Select(a => $"    {a}")] : [],
        .. code.Count > 0 ? (string[])["", "The first of them, for a camera:", "", .. code] : [],
    ];

    /// <summary>Where to mount, the best address first, and its QR code. An archive that only this machine reaches has none: no camera could follow it.</summary>
    async Task<(IReadOnlyList<string> Addresses, IReadOnlyList<string> Code)> AddressesAsync()
    {
        IReadOnlyList<Client.Door> doors = (await Daemon.DoorsAsync(Desk.Ending)).Addresses;
        IReadOnlyList<string> addresses = doors.Count == 0 ? ["nowhere yet: http and https are off in the configuration"] : [.. doors.Select(d => $"{d.Url}  ({(d.Secure ? "encrypted" : "not encrypted")}, from {d.Reach})")];
        if (doors.Count == 0 || doors[0].Reach is "this machine") return (addresses, []);
        try
        {
            return (addresses, await QrCode.LinesAsync(doors[0].Url, Desk.Ending));
        }
        catch (QrCodeException error)
        {
            return ([.. addresses, error.Message], []);
        }
    }
}
