namespace Albumen.Tree;

/// <summary>What a photo or clip is in its stack.</summary>
/// <param name="Id">The same for all members.</param>
/// <param name="Role"><c>edited</c>, <c>version</c>, <c>still</c>, <c>raw</c>, <c>clip</c> or <c>shot</c>.</param>
/// <param name="Rule">Why it is in it: <c>raw_jpeg</c>, <c>live_photos</c>, <c>bursts</c>, <c>edited</c> or <c>person</c>.</param>
/// <param name="IsCover">It stands for the stack in computed views.</param>
public sealed record InStack(string Id, string Role, string Rule, bool IsCover)
{
    /// <summary>A column for <see cref="Parse"/>, of an asset with this alias; null where it is in no stack.</summary>
    internal static string Of(string asset) =>
        $"(SELECT m.stack || ' ' || m.role || ' ' || m.rule || ' ' || (m.cover_id = m.asset_id) FROM stack_member m WHERE m.asset_id = {asset}.id)";

    /// <summary>That it does not stand behind another, of an asset with this alias.</summary>
    internal static string IsShown(string asset) => $"NOT EXISTS (SELECT 1 FROM stack_member h WHERE h.asset_id = {asset}.id AND h.cover_id <> h.asset_id)";

    internal static InStack Parse(string column) => column.Split(' ') is [var id, var role, var rule, var isCover]
        ? new(id, role, rule, isCover == "1")
        : throw new FormatException($"'{column}' is no column of a stack.");
}
