using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Daemon.Bus;
using Albumen.Daemon.Tls;
using Albumen.Identity;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Tree;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Albumen.Daemon.Api;

/// <summary>Everything below /api/v1, /health and /openapi.json.</summary>
static class ApiDoor
{
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<JsonOptions>>(new ConfigureOptions<JsonOptions>(options =>
        {
            JsonSerializerOptions json = options.SerializerOptions;
            json.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
            json.DefaultIgnoreCondition = ApiJson.Default.Options.DefaultIgnoreCondition;
            json.NumberHandling = JsonNumberHandling.Strict;
            json.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        }));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, context, cancellationToken) =>
        {
            document.Info = new() { Title = "Albumen", Version = "v1", Description = "What albumend serves to its command line and to scripts." };
            // The address differs from door to door.
            document.Servers = [];
            return Task.CompletedTask;
        }));
    }

    public static void MapApi(this WebApplication app, Appliance appliance, Parts parts, Pace pace, Messages messages, Citizen citizen, HttpsCertificate? certificate)
    {
        Access access = new(appliance.SignIn);
        // Before a request's parameters are looked at, so that a stranger learns nothing from how they are refused.
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/api")) await next(context);
            else if (await access.CheckAsync(context) is { } refusal) await WriteAsync(context, refusal);
            else await AnswerAsync(context, next, appliance);
        });

        app.MapOpenApi("/openapi.json");
        HealthRoutes.Map(app, appliance, parts);
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        StatusRoutes.Map(api, appliance, pace, citizen);
        UnitRoutes.Map(api, citizen);
        VolumeRoutes.Map(api, appliance, parts);
        DoctorRoutes.Map(api, appliance, parts, citizen, () => app.Urls, certificate);
        ConfigurationRoutes.Map(api, appliance);
        DoorRoutes.Map(api, () => app.Urls, appliance.Settings.Http is { Insecure: true }, certificate);
        CertificateRoutes.Map(app, api, certificate);
        SidecarRoutes.Map(api, appliance, parts);
        ScanRoutes.Map(api, appliance, parts, pace);
        VerifyRoutes.Map(api, appliance, parts);
        BackupRoutes.Map(api, appliance, parts);
        TreeRoutes.Map(api, appliance);
        TrashRoutes.Map(api, appliance);
        PurgeRoutes.Map(api, appliance);
        AssetRoutes.Map(api, appliance);
        DerivativeRoutes.Map(api, appliance, parts, app.Services.GetRequiredService<ILoggerFactory>());
        PixelRoutes.Map(api, appliance, parts);
        WorkRoutes.Map(api, appliance, app.Services.GetRequiredService<ILoggerFactory>());
        JobRoutes.Map(api, appliance, pace);
        ProblemRoutes.Map(api, appliance, parts);
        MessageRoutes.Map(api, messages, app.Lifetime.ApplicationStopping);
        DuplicateRoutes.Map(api, appliance);
        StackRoutes.Map(api, appliance);
        QualityRoutes.Map(api, appliance, parts);
        EditRoutes.Map(api, appliance);
        OperationRoutes.Map(api, appliance);
        AlbumRoutes.Map(api, appliance);
        SmartRoutes.Map(api, appliance);
        ConflictRoutes.Map(api, appliance);
        LayerRoutes.Map(api, appliance);
        UserRoutes.Map(api, appliance);
        app.Map("/api/{**rest}", (HttpContext context) => WriteAsync(context, new(404, "Not found",
            $"There is no {context.Request.Method} {context.Request.Path}; /openapi.json lists what there is."))).ExcludeFromDescription();
    }

    static async Task AnswerAsync(HttpContext context, RequestDelegate next, Appliance appliance)
    {
        try
        {
            await next(context);
            return;
        }
        catch (Exception error) when (!context.Response.HasStarted && RefusalOf(error) is not null)
        {
            await WriteAsync(context, RefusalOf(error)!);
        }
        catch (DbException error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, new(StatusCodes.Status503ServiceUnavailable, "Not now", appliance.Explain(error)));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
    }

    /// <summary>What the caller did wrong, or what the admin must mend; null when the fault is ours.</summary>
    static Refusal? RefusalOf(Exception error) => error switch
    {
        RefusedException { Refusal: var refusal } => refusal,
        IdentityException { Fault: IdentityFault.Unknown } => new(404, "Not found", error.Message),
        IdentityException { Fault: IdentityFault.Taken } => new(409, "Taken", error.Message),
        IdentityException => new(400, "Not possible", error.Message),
        QueryException => new(400, "Not understood", error.Message),
        SelectionException { IsMissing: true } => new(404, "Not found", error.Message),
        SelectionException => new(400, "Not possible", error.Message),
        // Of an edit that cannot be meant: a clause without a capital and a full stop.
        FormatException { Message: [var first, .. var rest] } => new(400, "Not possible", $"{char.ToUpperInvariant(first)}{rest}."),
        ArrangeException { Fault: var fault } => new(fault is ArrangeFault.Missing ? 404 : fault is ArrangeFault.Taken ? 409 : 400, fault is ArrangeFault.Missing ? "Not found" : fault is ArrangeFault.Taken ? "Taken" : "Not possible", error.Message),
        UndoException => new(409, "Nothing to undo", error.Message),
        DatabaseException => new(StatusCodes.Status503ServiceUnavailable, "Not now", error.Message),
        BadHttpRequestException bad => new(bad.StatusCode, "Not understood", bad.InnerException is JsonException json ? $"{bad.Message} {json.Message}" : bad.Message),
        _ => null,
    };

    static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        return context.Response.WriteAsJsonAsync(new ProblemDetails(refusal.Title, refusal.Detail, refusal.Status), ApiJson.Default.ProblemDetails, "application/problem+json");
    }
}

/// <summary>Thrown where a route finds that it cannot do what was asked.</summary>
sealed class RefusedException(int status, string title, string detail) : Exception(detail)
{
    public Refusal Refusal { get; } = new(status, title, detail);

    public static RefusedException NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not found", detail);

    public static RefusedException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "Not possible", detail);
}

/// <summary>How much of a list is sent at once.</summary>
static class Limit
{
    public const int Default = 100, Max = 1000;

    /// <exception cref="RefusedException">It is not positive.</exception>
    public static int Of(int? limit) => limit switch
    {
        null => Default,
        < 1 => throw RefusedException.BadRequest($"A limit is from 1 to {Max}."),
        _ => Math.Min(limit.Value, Max),
    };
}
