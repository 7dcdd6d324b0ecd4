using System.CommandLine;
using System.CommandLine.Invocation;
using Albumen.Admin;
using Albumen.Admin.Verbs;

RootCommand albumen = new("Speaks to albumend, the daemon that serves a photo archive.")
{
    new Status(), new Scan(), new Verify(), new Ls(), new Search(), new Show(), new Jobs(), new Problems(), new Duplicates(), new Stacks(), new Quality(), new Derivatives(), new Missing(), new Doctor(),
    new Set(), new Stack(), new Unstack(), new Trash(), new Restore(), new Purge(), new Log(), new Undo(), new Conflicts(), new Export(), new ImportLayer(),
    new Command("date", "When photos were taken.") { new DateSet(), new DateShift(), new DateZone() },
    new Command("tag", "The tags of photos.") { new TagAdd(), new TagRemove(), new Albumen.Admin.Verbs.TagRename(), new TagMerge(), new TagList(), new TagCreate(), new TagDelete() },
    new Command("album", "Photos put together; /Albums in the tree.")
    {
        new AlbumCreate(), new AlbumList(), new AlbumShow(), new AlbumAdd(), new AlbumRemove(), new AlbumRename(), new AlbumMove(), new AlbumDescribe(), new AlbumCover(), new AlbumOrder(),
        new AlbumDelete(), new AlbumRestore(), new AlbumFreeze(),
    },
    new Command("smart", "Queries under a name; /Smart in the tree.") { new SmartCreate(), new SmartList(), new SmartShow(), new SmartChange(), new SmartDelete() },
    new Command("sidecar", "The XMP files that carry edits.") { new SidecarRelocate(), new SidecarSync() },
    new Command("volume", "The library folders.") { new VolumeList(), new VolumeConfirm(), new VolumeReject() },
    new Command("user", "Who may sign in.") { new UserAdd(), new UserList(), new UserRemove() },
    new Command("app-password", "Passwords for devices and programs.") { new AppPasswordCreate(), new AppPasswordList(), new AppPasswordRevoke() },
};
albumen.HelpName = "albumen";
Door.AddOptions(albumen);

// A word that begins with @ is one, not the name of a file of words.
ParseResult line = albumen.Parse(args, new() { ResponseFileTokenReplacer = null });
if (line.Errors.Count == 0) return await line.InvokeAsync(new() { EnableDefaultExceptionHandler = false });

if (line.Action is ParseErrorAction action) action.ShowHelp = args.Length == 0;
line.Invoke(new() { Output = Console.Error });
if (args.Length > 0) Console.Error.WriteLine("'albumen --help' and 'albumen VERB --help' say what can be written.");
return Exit.Usage;
