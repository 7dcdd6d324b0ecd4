using System.CommandLine;
using System.CommandLine.Help;
using Albumen.Admin.Verbs;

namespace Albumen.Admin;

/// <summary>Every verb there is. Help, completions, man pages, schemas and tests follow from it.</summary>
static class VerbTree
{
    public static RootCommand Create()
    {
        RootCommand albumen = new("Speaks to albumend, the daemon that serves a photo archive.")
        {
            new Status(), new Scan(), new Verify(), new Ls(), new Search(), new Show(), new Jobs(), new Problems(), new Duplicates(), new Stacks(), new Quality(), new Derivatives(), new Missing(), new Doctor(), new Backup(), new Mount(), new CertificateVerb(), new ConsoleVerb(),
            new Set(), new Verbs.Stack(), new Unstack(), new Trash(), new Restore(), new Purge(), new Log(), new Messages(), new Undo(), new Conflicts(), new Export(), new ImportLayer(),
            new Completion(), new Schema(), new Complete(), new Man(),
            new Command("date", "When photos were taken.") { new DateSet(), new DateShift(), new DateZone() },
            new Command("tag", "The tags of photos.") { new TagAdd(), new TagRemove(), new Verbs.TagRename(), new TagMerge(), new TagList(), new TagCreate(), new TagDelete() },
            new Command("album", "Photos put together; /Albums in the tree.")
            {
                new AlbumCreate(), new AlbumList(), new AlbumShow(), new AlbumAdd(), new AlbumRemove(), new AlbumRename(), new AlbumMove(), new AlbumDescribe(), new AlbumCover(), new AlbumOrder(),
                new AlbumDelete(), new AlbumRestore(), new AlbumFreeze(),
            },
            new Command("smart", "Queries under a name; /Smart in the tree.") { new SmartCreate(), new SmartList(), new SmartShow(), new SmartChange(), new SmartDelete() },
            new Command("config", "What the daemon runs with.") { new ConfigShow(), new ConfigCheck(), new ConfigApply(), new ConfigRevert() },
            new Command("sidecar", "The XMP files that carry edits.") { new SidecarRelocate(), new SidecarSync() },
            new Command("volume", "The library folders.") { new VolumeList(), new VolumeConfirm(), new VolumeReject() },
            new Command("user", "Who may sign in.") { new UserAdd(), new UserList(), new UserRemove() },
            new Command("app-password", "Passwords for devices and programs.") { new AppPasswordCreate(), new AppPasswordList(), new AppPasswordRevoke() },
        };
        albumen.HelpName = "albumen";
        Door.AddOptions(albumen);
        albumen.Options.Add(Verb.Quiet);
        foreach (HelpOption help in albumen.Options.OfType<HelpOption>())
        {
            help.Description = "Say what can be written, with examples.";
            help.Action = new HelpText();
        }
        foreach (VersionOption version in albumen.Options.OfType<VersionOption>()) version.Description = "Say which version this is.";
        return albumen;
    }

    /// <summary>A command and all below it; the hidden ones are not among them.</summary>
    public static IEnumerable<Command> All(Command command) => command.Subcommands.Where(sub => !sub.Hidden).SelectMany(All).Prepend(command);

    /// <summary>What is typed to have it: <c>albumen album add</c>.</summary>
    public static string Typed(Command command) => command is RootCommand ? "albumen" : $"{Typed(command.Parents.OfType<Command>().First())} {command.Name}";

    /// <summary>Those that count for every verb, and are said once.</summary>
    public static IEnumerable<Option> CommonOptions(Command command) => command is RootCommand ? command.Options.Where(o => o.Recursive && !o.Hidden) : CommonOptions(command.Parents.OfType<Command>().First());

    /// <summary>How a command is used, and what for: its own, or of a group those that its verbs begin with.</summary>
    public static IEnumerable<Example> Examples(Command command) => command switch
    {
        Verb { Examples: { Count: > 0 } own } => own,
        RootCommand => command.Subcommands.OfType<Verb>().Where(verb => !verb.Hidden).Take(6).SelectMany(verb => verb.Examples.Take(1)),
        _ => command.Subcommands.OfType<Verb>().Where(verb => !verb.Hidden).SelectMany(verb => verb.Examples.Take(1)),
    };
}
