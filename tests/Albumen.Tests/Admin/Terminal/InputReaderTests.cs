using System.Text;
using Albumen.Admin.Terminal;
using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

/// <summary>What a terminal sends, whole, in parts and broken.</summary>
public sealed class InputReaderTests
{
    public static TheoryData<string, string> Known => new()
    {
        { "a", "a" }, { "é漢👍", "é 漢 👍" }, { " ", "Space" }, { "\r\n", "Enter Enter" }, { "\t", "Tab" }, { "\b\x7F", "Backspace Backspace" }, { "\x01\x1A\0", "C-a C-z C-Space" },
        { "\x1C\x1F", "" }, { "\e[A\e[B\e[C\e[D", "Up Down Right Left" }, { "\eOA\eOP\eOS", "Up F1 F4" }, { "\e[H\e[F\e[1~\e[4~\e[7~\e[8~", "Home End Home End Home End" },
        { "\e[5~\e[6~\e[2~\e[3~", "PageUp PageDown Insert Delete" }, { "\e[1;2A\e[1;3A\e[1;5A\e[1;8A\e[5;5~", "S-Up A-Up C-Up C-A-S-Up C-PageUp" }, { "\e[1;0A\e[;A", "Up Up" },
        { "\e[Z", "BackTab" }, { "\e[[A\e[[E\e[15~", "F1 F5 F5" }, { "\ea\eé\e\x01\e\r", "A-a A-é A-C-a A-Enter" }, { "\e\e[A", "Esc Up" },
        { "\e[<0;5;7M\e[<0;5;7m\e[<64;1;1M\e[<65;1;1M\e[<2;1;1M\e[<0;0;1M", "4,6,0 0,0,-1 0,0,1" }, { "\e[M !!\e[M`!!", "0,0,0 0,0,-1" },
        { "\e_Gi=31;OK\e\\", "kitty:" }, { "\e[?62;4;22c", "attributes:62,4,22" }, { "\e[6;18;9t", "size:6,18,9" }, { "\e]11;rgb:0/0/0\aa", "a" }, { "\eP1+r\e\\a", "a" },
        // Broken off by something else, which is read.
        { "\e[1;\e[A", "Up" }, { "\e[12é", "é" }, { "\e[1;\ra", "Enter a" }, { "\e_Gi\e[A", "Up" }, { "\eO\ra", "Enter a" }, { "\e[99X\e[?5h\e[>0;1ca", "a" }, { "\e[99999999999999~a", "a" },
        { "\e[200~q\e[A\r:\e[201~a", "'q\e[A\r:' a" }, { "\e[200~\e[201~", "''" }, { "\e[200~é漢\e[20\e[201\e[201~", "'é漢\e[20\e[201'" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Keys_and_answers_are_known_however_they_are_split(string sent, string meant)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(sent);
        for (int first = 0; first <= bytes.Length; first++)
            for (int second = first; second <= bytes.Length; second++)
            {
                InputReader reader = new();
                List<Input> found = [.. reader.Take(bytes.AsSpan(0, first), isEnd: false), .. reader.Take(bytes.AsSpan(first, second - first), isEnd: false), .. reader.Take(bytes.AsSpan(second), isEnd: false)];
                Assert.Equal(meant, Shown(found));
                Assert.Null(reader.Patience);
            }
    }

    [Theory]
    [InlineData("\e", "Esc")]
    [InlineData("\e\e", "Esc Esc")]
    [InlineData("\e[", "A-[")]
    [InlineData("\eO", "A-O")]
    [InlineData("\e]", "A-]")]
    [InlineData("\e[1;5", "")]
    [InlineData("\e_Gi=31", "")]
    [InlineData("\xC3", "")]
    public void What_goes_no_further_is_a_key_or_nothing(string sent, string meant)
    {
        InputReader reader = new();
        Assert.Equal(sent == "\e\e" ? "Esc" : "", Shown(reader.Take(Encoding.Latin1.GetBytes(sent), isEnd: false)));
        Assert.NotNull(reader.Patience);
        Assert.Equal(sent == "\e\e" ? "Esc" : meant, Shown(reader.Take([], isEnd: true)));
        Assert.Null(reader.Patience);
        Assert.Equal("a", Shown(reader.Take("a"u8, isEnd: false)));
    }

    [Fact]
    public void A_lone_escape_is_decided_soon_and_a_paste_later()
    {
        InputReader reader = new();
        reader.Take("\e"u8, isEnd: false);
        Assert.InRange(reader.Patience!.Value.TotalMilliseconds, 10, 100);
        reader.Take("[200~text"u8, isEnd: false);
        Assert.InRange(reader.Patience!.Value.TotalSeconds, 2, 30);
    }

    [Fact]
    public void A_huge_paste_is_cut_and_none_of_it_is_a_key()
    {
        InputReader reader = new();
        List<Input> found = [.. reader.Take("\e[200~"u8, isEnd: false)];
        for (int part = 0; part < 1000; part++) found.AddRange(reader.Take(Encoding.UTF8.GetBytes(new string('q', 4096)), isEnd: false));
        found.AddRange(reader.Take("\e[201~j"u8, isEnd: false));

        Assert.Equal(2, found.Count);
        Assert.InRange(Assert.IsType<Pasted>(found[0]).Text.Length, 60_000, 70_000);
        Assert.Equal("j", Shown(found[1..]));
    }

    [Fact]
    public void A_paste_without_an_end_is_text_and_the_next_key_is_one()
    {
        InputReader reader = new();
        Assert.Empty(reader.Take("\e[200~quit\e[20"u8, isEnd: false));
        Assert.Equal("'quit'", Shown(reader.Take([], isEnd: true)));
        Assert.Equal("j", Shown(reader.Take("j"u8, isEnd: false)));
    }

    [Fact]
    public void Garbage_neither_throws_nor_stays()
    {
        string[] parts = ["\e", "[", "O", "_G", "P", "]", "\\", "<", "?", ";", "0", "200~", "201~", "M", "m", "~", "c", "t", "A", "\xC3", "\xA9", "\xF0\x9F", "\xFF", "\0", "\a", "\x18", "\x7F", " ", "q"];
        Gen<List<(string Part, bool IsEnd)>> sent = Gen.Elements(parts).Zip(Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))).Select(p => (p.Item1, p.Item2)).ListOf().Select(l => l.ToList());
        sent.Holds(all =>
        {
            InputReader reader = new(), atOnce = new();
            List<Input> found = [];
            foreach ((string part, bool isEnd) in all) found.AddRange(reader.Take(Encoding.Latin1.GetBytes(part), isEnd));
            reader.Take([], isEnd: true);
            bool isDone = reader.Patience is null && Shown(reader.Take("j"u8, isEnd: false)) == "j";
            if (all.Any(p => p.IsEnd)) return isDone;
            return isDone && Shown(found) == Shown(atOnce.Take(Encoding.Latin1.GetBytes(string.Concat(all.Select(p => p.Part))), isEnd: false));
        }, 5000);
    }

    [Fact]
    public void A_flood_without_an_end_is_given_up()
    {
        InputReader reader = new();
        for (int i = 0; i < 100; i++) reader.Take(Encoding.ASCII.GetBytes((i == 0 ? "\e_G" : "") + new string(';', 4096)), isEnd: false);
        reader.Take([], isEnd: true);
        Assert.Equal("j", Shown(reader.Take("j"u8, isEnd: false)));
    }

    static string Shown(IEnumerable<Input> inputs) => string.Join(' ', inputs.Select(i => i switch
    {
        Key key => key.Name,
        Pasted pasted => $"'{pasted.Text}'",
        Mouse mouse => $"{mouse.X},{mouse.Y},{mouse.Wheel}",
        Reply reply => $"{reply.Kind}:{string.Join(',', reply.Numbers)}",
        _ => "?",
    }));
}
