using Albumen.Catalog;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>The clip inside a motion photo, byte for byte.</summary>
sealed class ClipInPhoto : LaterKind
{
    const int PartInBytes = 1 << 20;

    public override string Name => "motion";
    public override int Recipe => 1;
    public override string MediaType => "video/mp4";
    public override string Extension => ".mp4";

    public override MakeWhen When(DerivativeSettings settings) => settings.Motion;

    public override Fit FitOf(Subject subject) => PartOf(subject.Facts) is null ? Fit.Unsuited : Fit.Wanted;

    public override void Make(Workpiece work)
    {
        if (PartOf(work.Subject.Facts) is not var (offset, length)) throw new PictureException("It has no clip in it");
        if (offset < 0 || length <= 0 || offset > RandomAccess.GetLength(work.Original) - length) throw new PictureException("The clip in it lies beyond its end");
        byte[] part = new byte[(int)Math.Min(PartInBytes, length)];
        using FileStream output = DerivativeStore.Begin(work.Output);
        while (length > 0)
        {
            int read = RandomAccess.Read(work.Original, part.AsSpan(0, (int)Math.Min(part.Length, length)), offset);
            if (read == 0) throw new PictureException("The clip in it is cut short");
            output.Write(part, 0, read);
            (offset, length) = (offset + read, length - read);
        }
    }

    /// <summary>Where in the file the clip lies: from which byte, and how many. Who finds that writes it into the facts.</summary>
    static (long Offset, long Length)? PartOf(Facts facts) => facts.Motion is { } motion ? (motion.VideoOffset, motion.VideoBytes) : null;
}
