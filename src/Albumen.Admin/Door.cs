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
        CompletionSources = { Offer.Files },
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
        CompletionSources = { Offer.Files },
        Recursive = true,
    };

    public static void AddOptions(RootCommand command)
    {
        command.Options.Add(Root);
        command.Options.Add(Url);
        command.Options.Add(TokenFile);
    }

    /// <summary>The same options again, for another program.</summary>
    public static IReadOnlyList<string> WordsOf(ParseResult line) =>
    [
        .. from option in (Option<string?>[])[Root, Url, TokenFile]
           let value = line.GetValue(option)
           where value is not null
           from word in (string[])[option.Name, value]
           select word,
    ];

    /// <summary>The address of a daemon over the network; null: the one of this machine is meant.</summary>
    public static string? Remote(ParseResult line) => line.GetValue(Url);

    /// <summary>The folder that the daemon of this machine runs in; <c>/</c> when it is installed.</summary>
    public static string RootOf(ParseResult line) => Path.GetFullPath(line.GetValue(Root) is { } root ? root.Length > 0 ? root : throw new UsageException("--root is the folder that albumend runs in, and not nothing.") : Environment.GetEnvironmentVariable("ALBUMEN_ROOT") is { Length: > 0 } set ? set : "/");

    /// <exception cref="UsageException">The options do not go together, or the token cannot be read.</exception>
    public static AlbumenClient Open(ParseResult line)
    {
        string? url = line.GetValue(Url), tokenFile = line.GetValue(TokenFile);
        if (url is null)
        {
            if (tokenFile is not null) throw new UsageException("--token-file goes with --url; the socket of this machine needs no token.");
            return AlbumenClient.OverSocket(Path.Combine(RootOf(line), "run/albumen/albumend.sock"), door: "cli");
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
