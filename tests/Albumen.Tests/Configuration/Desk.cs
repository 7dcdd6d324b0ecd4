using Albumen.Configuration;

namespace Albumen.Tests.Configuration;

/// <summary>A private root with configuration files, gone when the test is.</summary>
sealed class Desk : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("albumen-configuration-").FullName;

    public Layout Layout => Layout.Below(Root);

    /// <summary>Writes <c>albumen.yaml</c>; <c>ROOT</c> in it stands for <see cref="Root"/>.</summary>
    public Desk With(string yaml) => With(Layout.ConfigurationFile, yaml);

    /// <summary>Writes a file below <c>conf.d</c>.</summary>
    public Desk WithMore(string name, string yaml) => With(Path.Combine(Layout.ConfigurationFolder, name), yaml);

    public Desk WithFolder(string name)
    {
        Directory.CreateDirectory(Path.Combine(Root, name));
        return this;
    }

    public Settings Read() => ConfigurationReader.Read(Layout);

    /// <summary>Every error, one a line, with <c>ROOT</c> for <see cref="Root"/>; empty when there is none.</summary>
    public string Errors()
    {
        try
        {
            Read();
            return "";
        }
        catch (ConfigurationException e)
        {
            return Neutral(e.Message);
        }
    }

    public string Neutral(string text) => text.Replace(Root, "ROOT", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    Desk With(string file, string yaml)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, yaml.Replace("ROOT", Root, StringComparison.Ordinal));
        return this;
    }
}
