namespace Albumen.Admin;

/// <summary>A command line that can be typed as it stands. Tests parse and run each.</summary>
/// <param name="Line">Without <c>albumen</c> before it, quoted as for a shell.</param>
/// <param name="What">What it does.</param>
sealed record Example(string Line, string What);
