using System.Security.Cryptography;
using System.Text;

namespace Albumen.Daemon.WebDav;

/// <summary>How the pages look: paper and ink by day, the reverse by night, as many columns as the window holds.</summary>
static class PageStyle
{
    public const string Css = """

        :root { --paper: #f6f3ee; --card: #fff; --ink: #24211d; --soft: #746d64; --line: #e3ddd3; --accent: #8a4b22; }
        @media (prefers-color-scheme: dark) { :root { --paper: #171513; --card: #221f1c; --ink: #ece6dd; --soft: #9d958a; --line: #35302b; --accent: #e0a272; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
        a { color: inherit; text-decoration: none; }
        a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
        header { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); padding: .7rem 1.2rem; }
        header ol { list-style: none; display: flex; flex-wrap: wrap; align-items: baseline; margin: 0; padding: 0; }
        header li { overflow-wrap: anywhere; }
        header li + li::before { content: "/"; color: var(--line); margin: 0 .5rem; }
        header a { color: var(--soft); }
        header a:hover { color: var(--accent); }
        h1 { display: inline; font-size: 1rem; font-weight: 600; margin: 0; }
        main { max-width: 110rem; margin: 0 auto; padding: 1.2rem; }
        ul { list-style: none; margin: 0 0 1.5rem; padding: 0; display: grid; gap: .9rem; }
        ul.folders { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
        ul.files { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
        .folders a { display: flex; align-items: center; gap: .7rem; padding: .75rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .folders a:hover { border-color: var(--accent); }
        .folders svg { flex: none; width: 1.6rem; fill: var(--accent); opacity: .8; }
        .folders span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .files a { display: block; }
        .tile { position: relative; display: grid; place-items: center; aspect-ratio: 1; overflow: hidden; border-radius: 8px; background: var(--card); border: 1px solid var(--line); }
        .tile img { width: 100%; height: 100%; object-fit: cover; font-size: .8rem; color: var(--soft); }
        .files a:hover .tile { border-color: var(--accent); }
        .kind { color: var(--soft); font-weight: 600; text-transform: uppercase; letter-spacing: .05em; }
        .clip { position: absolute; right: .5rem; bottom: .5rem; width: 1.7rem; height: 1.7rem; display: grid; place-items: center; padding-left: .1rem; border-radius: 50%; background: rgb(0 0 0 / .6); color: #fff; font-size: .75rem; }
        .name { display: block; margin-top: .3rem; font-size: .82rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .empty { color: var(--soft); text-align: center; padding: 4rem 0; }
        .pages { display: flex; justify-content: center; gap: .8rem; margin: 1.5rem 0; }
        .button { padding: .55rem 1.1rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card); }
        .button:hover { border-color: var(--accent); color: var(--accent); }
        figure { margin: 0 0 1.2rem; text-align: center; }
        figure img, figure video { max-width: 100%; max-height: 78vh; border-radius: 8px; background: #000; }
        figcaption { margin-top: .6rem; color: var(--soft); }
        dl { display: grid; grid-template-columns: max-content auto; gap: .25rem 1.2rem; width: fit-content; margin: 0 auto; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }

        """;

    /// <summary>What allows this style and no other (Content Security Policy Level 3, 2.3.1).</summary>
    public static string Hash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)));
}
