namespace Albumen.Daemon.WebDav;

/// <summary>The pictures on buttons; all lines, 24 units wide.</summary>
static class PageIcons
{
    public static ReadOnlySpan<byte> Folder => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M3 7a2 2 0 0 1 2-2h4l2 2.500h8a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z\"/></svg>"u8;

    public static ReadOnlySpan<byte> Left => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M14.500 5.500 8 12l6.500 6.500\"/></svg>"u8;

    public static ReadOnlySpan<byte> Right => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M9.500 5.500 16 12l-6.500 6.500\"/></svg>"u8;

    public static ReadOnlySpan<byte> Information => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M12 11v5.500M12 7.500v.2\"/></svg>"u8;

    public static ReadOnlySpan<byte> Download => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 19.500h14\"/></svg>"u8;

    public static ReadOnlySpan<byte> FullScreen => "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M4.500 9V4.500H9m6 0h4.500V9m0 6v4.500H15m-6 0H4.500V15\"/></svg>"u8;
}
