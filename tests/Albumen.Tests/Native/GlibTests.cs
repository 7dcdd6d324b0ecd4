using Albumen.Native;

namespace Albumen.Tests.Native;

public class GlibTests
{
    [Theory]
    [InlineData("Cafe\u0301", "Caf\u00E9")]
    [InlineData("A\u030Angstro\u0308m", "\u00C5ngstr\u00F6m")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("plain.jpg", "plain.jpg")]
    [InlineData("\U0001F415 Hund", "\U0001F415 Hund")]
    [InlineData("", "")]
    public void Accents_are_composed(string typed, string composed) => Assert.Equal(composed, Glib.ToNfc(typed));
}
