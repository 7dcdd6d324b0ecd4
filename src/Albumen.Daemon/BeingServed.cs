using Albumen.Processing;

namespace Albumen.Daemon;

/// <summary>Tells the backlog when somebody waits for bytes, so that it begins no new file meanwhile.</summary>
static class BeingServed
{
    // Those read the catalogue only, and some ask all the time.
    static readonly PathString[] Elsewhere = ["/api", "/health", "/metrics", "/openapi.json"];

    public static void UseCourtesy(this IApplicationBuilder app, Courtesy courtesy) => app.Use(async (context, next) =>
    {
        using IDisposable? serving = HttpMethods.IsGet(context.Request.Method) && !Elsewhere.Any(path => context.Request.Path.StartsWithSegments(path)) ? courtesy.Serve() : null;
        await next(context);
    });
}
