using System.Globalization;

namespace Albumen.Tests;

/// <summary>How often what is left to chance is tried. <c>make test</c> has fifteen minutes; <c>ALBUMEN_THOROUGH=10 make test</c> tries it ten times as often.</summary>
static class Thorough
{
    static readonly int _factor = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_THOROUGH"), CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    public static int Times(int usual) => usual * _factor;
}
