using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>How the daemon is reached: through the socket below <c>--root</c>, or at <c>--url</c> with the token in a file.</summary>
static class Door
{
    static readonly Option<string?> Root = new("--root")
    {
        Description = "The folder that albumend runs in; by default $ALBUMEN_ROOT, else the installed one.",
        HelpName = "DIR",
        Recursive = true,
    };

    static readonly Option<string?> Url = new("--url")
    {
        Description = "Reach a daemon over the network instead: http://nas:1850.",
        HelpName = "URL",
        Recursive = true,
    };

    static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "A file with the app password of an admin, for --url.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static void AddOptions(RootCommand command)
    {
        command.Options.Add(Root);
        command.Options.Add(Url);
        command.Options.Add(TokenFile);
    }

    /// <exception cref="UsageException">The options do not go together, or the token cannot be read.</exception>
    public static AlbumenClient Open(ParseResult line)
    {
        string? url = line.GetValue(Url), tokenFile = line.GetValue(TokenFile);
        if (url is null)
        {
            if (tokenFile is not null) throw new UsageException("--token-file goes with --url; the socket of this machine needs no token.");
            string root = line.GetValue(Root) ?? Environment.GetEnvironmentVariable("ALBUMEN_ROOT") ?? "/";
            return AlbumenClient.OverSocket(Path.Combine(Path.GetFullPath(root), "run/albumen/albumend.sock"), door: "cli");
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"'{url}' is not an address such as http://nas:1850.");
        return AlbumenClient.OverNetwork(address, Token(tokenFile ?? throw new UsageException("--url needs --token-file with the app password of an admin in it.")));
    }

    static string Token(string file)
    {
        try
        {
            string token = File.ReadAllText(file).Trim();
            return token.Length is > 0 and < 200 && token.All(c => c is > ' ' and < '\x7F') ? token : throw new UsageException($"{file} holds no app password.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Cannot read the token: {error.Message}");
        }
    }
}

/// <summary>The command line asks for what cannot be; the message says why.</summary>
sealed class UsageException(string message) : Exception(message);
