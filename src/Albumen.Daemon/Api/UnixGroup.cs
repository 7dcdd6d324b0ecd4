namespace Albumen.Daemon.Api;

/// <summary>The number of a group of this machine (group(5)).</summary>
static class UnixGroup
{
    /// <returns>Null when there is no such group.</returns>
    public static uint? Find(string name)
    {
        try
        {
            return File.ReadLines("/etc/group").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[0] == name) is { } found
                && uint.TryParse(found[2], out uint gid) ? gid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
