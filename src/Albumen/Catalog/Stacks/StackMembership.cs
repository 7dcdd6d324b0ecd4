namespace Albumen.Catalog.Stacks;

/// <summary>A photo or clip in a stack.</summary>
/// <param name="Stack">The smallest of the public ids of its members, so that it is the same after a rebuild.</param>
/// <param name="Role"><c>edited</c>, <c>version</c> (put over another), <c>still</c>, <c>raw</c>, <c>clip</c> or <c>shot</c> (of a burst).</param>
/// <param name="Rule">The name of a <see cref="StackRule"/>, or <c>person</c>.</param>
/// <param name="Cover">The one that stands for the stack in computed views.</param>
sealed record StackMembership(long Asset, string Stack, string Role, string Rule, long Cover);
