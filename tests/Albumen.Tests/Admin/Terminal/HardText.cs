using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

/// <summary>Text as strangers write it: wide, combining, joined, broken, and with what steers a terminal.</summary>
static class HardText
{
    static readonly string[] Parts =
    [
        "a", "b", "Z", " ", "  ", "é", "ü", "e\u0301", "漢", "字", "ㄱ", "한", "\u1112\u1161\u11AB", "ﾊ", "Ａ", "❤", "❤\uFE0F", "👍", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "1\uFE0F\u20E3", "क्षि", "ไทย", "\u200D", "\u200B",
        "\u0301", "\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309", "\u202E", "\u2066", "\u00AD", "\e[2J", "\e]0;x\a", "\u009B1m", "\0", "\a", "\b", "\t", "\r", "\n", "\x7F", "\x85", "\u2028", "\uD83D", "\uDE00", "\uFFFD", "\U0010FFFF", "…",
    ];

    public static Gen<string> Any => Gen.Elements(Parts).ListOf().Select(parts => string.Concat(parts));

    public static Config Often(int times) => Config.QuickThrowOnFailure.WithMaxTest(Thorough.Times(times));

    public static void Holds<T>(this Gen<T> of, Func<T, bool> property, int times = 2000) => Prop.ForAll(Arb.From(of), property).Check(Often(times));
}
