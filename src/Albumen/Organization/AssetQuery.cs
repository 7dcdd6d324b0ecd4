using System.Data.Common;
using Albumen.Derivatives;
using Dapper;

namespace Albumen.Organization;

/// <summary>Which assets a query finds.</summary>
public static class AssetQuery
{
    /// <summary>Those it finds, in the order of their ids.</summary>
    /// <param name="blur">What is blurred, for who asks.</param>
    /// <param name="clock">Tells what day it is, for <c>taken:today</c>; null is the machine's own.</param>
    public static IReadOnlyList<(long Id, string Uid)> Select(DbConnection connection, Query query, int most, BlurLine blur, TimeProvider? clock = null)
    {
        Condition condition = QueryCompiler.Compile(query, Today(clock), blur);
        DynamicParameters parameters = new(condition.Parameters);
        parameters.Add("most", most);
        return connection.Query<(long, string)>(
            $"SELECT a.id, a.uid FROM asset a CROSS JOIN content c ON c.id = a.content_id WHERE {condition.Sql} ORDER BY a.id LIMIT @most", parameters).AsList();
    }

    internal static DateOnly Today(TimeProvider? clock) => DateOnly.FromDateTime((clock ?? TimeProvider.System).GetLocalNow().DateTime);
}
