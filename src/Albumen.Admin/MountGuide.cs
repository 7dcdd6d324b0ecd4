using Albumen.Client;

namespace Albumen.Admin;

/// <summary>One thing to do: a sentence, or a line to type as it stands.</summary>
readonly record struct Step(string Text, bool IsTyped);

/// <summary>
/// How each kind of machine comes to trust the archive's certificate and opens it. Nothing that is to be typed holds a password: it is asked for.
/// </summary>
/// <param name="door">The address to open.</param>
/// <param name="certificate">What is shown there; null: it is not encrypted.</param>
/// <param name="user">Who signs in.</param>
sealed class MountGuide(Client.Door door, Certificate? certificate, string user)
{
    readonly Uri _url = new(door.Url);
    readonly CertificateAuthority? _authority = door.Secure ? certificate?.Authority : null;

    public static IReadOnlyList<string> Machines { get; } = ["windows", "macos", "linux", "rclone", "phones"];

    /// <param name="machine">One of <see cref="Machines"/>.</param>
    public (string Title, IReadOnlyList<Step> Steps) For(string machine) => machine switch
    {
        "windows" => ("Windows", [.. Windows()]),
        "macos" => ("macOS", [.. MacOs()]),
        "linux" => ("Linux", [.. Linux()]),
        "rclone" => ("rclone, on any system", [.. Rclone()]),
        "phones" => ("Phones", [.. Phones()]),
        _ => throw new ArgumentOutOfRangeException(nameof(machine), machine, null),
    };

    const string Compare = "compare its fingerprint with the one that 'albumen certificate' prints";

    string Download => new Uri(_url, "/albumen.crt").ToString();

    string FileName => $"albumen-{string.Concat(_url.IdnHost.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '-'))}.crt";

    IEnumerable<Step> Windows()
    {
        if (_authority is not null)
        {
            yield return Do($"Once: open {Download} in a browser, compare the fingerprint, and have all users of this computer trust the file (as administrator):");
            yield return Type("certutil -addstore Root albumen.crt");
        }
        if (!door.Secure)
        {
            yield return Do("Once: Windows sends passwords unencrypted only when it is told to (as administrator):");
            yield return Type(@"reg add HKLM\SYSTEM\CurrentControlSet\Services\WebClient\Parameters /v BasicAuthLevel /t REG_DWORD /d 2 /f");
        }
        yield return Do("Once: the service WebClient, and files of more than 50 MB (4 GB at most; without it, /Small has smaller versions):");
        yield return Type(@"reg add HKLM\SYSTEM\CurrentControlSet\Services\WebClient\Parameters /v FileSizeLimitInBytes /t REG_DWORD /d 4294967295 /f");
        yield return Type("sc config WebClient start= auto");
        yield return Type("net stop WebClient & net start WebClient");
        yield return Do($"Explorer: This PC, Map network drive, Folder: {door.Url} with 'Connect using different credentials'. Or:");
        yield return Type($"net use P: {Unc} /user:{user} *");
    }

    /// <summary>A name with colons is none in Windows.</summary>
    string Unc => $@"\\{(_url.HostNameType is UriHostNameType.IPv6 ? $"{_url.IdnHost.Replace(':', '-')}.ipv6-literal.net" : _url.IdnHost)}{(door.Secure ? "@SSL" : "")}@{_url.Port}\DavWWWRoot";

    IEnumerable<Step> MacOs()
    {
        if (_authority is not null)
        {
            yield return Do($"Once: open {Download} in a browser, compare the fingerprint, and trust the file:");
            yield return Type("sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ~/Downloads/albumen.crt");
        }
        yield return Do($"Finder: Go, Connect to Server (Command-K): {door.Url} and the name {user}. Or:");
        yield return Type($"mkdir -p ~/photos; mount_webdav -i -v photos {door.Url} ~/photos");
    }

    IEnumerable<Step> Linux()
    {
        if (_authority is not null)
        {
            yield return Do("Once: fetch the certificate, compare the fingerprint, and have all programs of this machine trust it (Debian, Ubuntu):");
            yield return Type($"curl -ko /tmp/albumen.crt {Download}");
            yield return Type("openssl x509 -in /tmp/albumen.crt -noout -fingerprint -sha256");
            yield return Type($"sudo cp /tmp/albumen.crt /usr/local/share/ca-certificates/{FileName} && sudo update-ca-certificates");
        }
        yield return Do($"GNOME Files: Other Locations, or Network: {Scheme("dav")}. Or:");
        yield return Type($"gio mount {Scheme("dav")}");
        yield return Do($"KDE Dolphin: {Scheme("webdav")} in the location bar (Ctrl-L).");
        yield return Do("As a folder for all programs, with davfs2, which asks for name and password:");
        yield return Type($"sudo mkdir -p /mnt/photos; sudo mount -t davfs -o uid=$(id -u),gid=$(id -g) {door.Url} /mnt/photos");
        yield return Do("At each start: this line in /etc/fstab, and the next in /etc/davfs2/secrets (sudoedit; it is root's, and nobody else may read it):");
        yield return Type($"{door.Url} /mnt/photos davfs _netdev,nofail,x-systemd.automount,uid=1000,gid=1000 0 0");
        yield return Type($"/mnt/photos {user} PASSWORD");
        yield return Do("If listings then fail with 'Invalid argument', 'buf_size 256' in /etc/davfs2/davfs2.conf helps.");
    }

    IEnumerable<Step> Rclone()
    {
        yield return Do("It asks for the password, and keeps it obscured in its configuration; vendor=owncloud has it keep times and compare hashes:");
        yield return Type($"rclone config create photos webdav url={door.Url} vendor=owncloud user={user} --all");
        string trust = _authority is null ? "" : " --ca-cert albumen.crt";
        yield return Type($"rclone lsd photos:{trust}");
        yield return Type($"mkdir -p ~/photos; rclone mount photos: ~/photos --vfs-cache-mode full{trust}");
        if (_authority is not null) yield return Do($"albumen.crt is {Download}: {Compare}. A machine that trusts it already needs no --ca-cert.");
    }

    IEnumerable<Step> Phones()
    {
        if (_authority is not null)
        {
            yield return Do($"iPhone, iPad: open {Download} in Safari and allow it; {Compare}; install it under Settings, General, VPN & Device Management; switch it on under Settings, General, About, Certificate Trust Settings.");
            yield return Do($"Android: open {Download} in a browser; {Compare}; install it under Settings, Security, Encryption & credentials, Install a certificate, CA certificate. Programs that do not heed it have a switch of their own for such certificates.");
        }
        yield return Do($"Files on iPhones and iPads opens no WebDAV by itself, nor does Android; file managers, players and photo programs do: choose WebDAV, {door.Url}, the name {user}. 'albumen mount --qr' draws the address for the camera.");
        yield return Do($"For slow links take {new Uri(_url, "/Small/")}: all of it in previews.");
    }

    /// <summary>The address as desktops on Linux write it, with the name.</summary>
    string Scheme(string scheme) => $"{scheme}{(door.Secure ? "s" : "")}://{Uri.EscapeDataString(user)}@{_url.Authority}/";

    static Step Do(string text) => new(text, IsTyped: false);

    static Step Type(string text) => new(text, IsTyped: true);
}
