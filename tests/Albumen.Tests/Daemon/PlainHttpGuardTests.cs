using System.Net;
using Albumen.Configuration;
using Albumen.Daemon;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Daemon;

public sealed class PlainHttpGuardTests
{
    const string Here = "192.0.2.1", Elsewhere = "192.0.2.7";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Elsewhere, false, "/Albums/", HttpStatusCode.Forbidden)]
    [InlineData(Elsewhere, false, "/api/v1/status", HttpStatusCode.Forbidden)]
    [InlineData(Elsewhere, false, "/healthy", HttpStatusCode.Forbidden)]
    [InlineData(Elsewhere, false, "/health/ready", HttpStatusCode.OK)]
    [InlineData(Elsewhere, false, "/albumen.crt", HttpStatusCode.OK)]
    [InlineData(Elsewhere, true, "/Albums/", HttpStatusCode.OK)]
    [InlineData("2001:db8::7", false, "/Albums/", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", false, "/Albums/", HttpStatusCode.OK)]
    [InlineData("::ffff:127.0.0.1", false, "/Albums/", HttpStatusCode.OK)]
    // At its own address on the network, but not through it.
    [InlineData(Here, false, "/Albums/", HttpStatusCode.OK)]
    public async Task Passwords_from_other_machines_are_not_asked_for_where_nothing_is_encrypted(string from, bool isInsecure, string path, HttpStatusCode status)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication app = builder.Build();
        // The one thing a test on one machine cannot have: a client on another.
        app.Use((context, next) =>
        {
            (context.Connection.RemoteIpAddress, context.Connection.LocalIpAddress) = (IPAddress.Parse(from), IPAddress.Parse(Here));
            return next(context);
        });
        app.UsePlainHttpGuard(new Settings { Http = new() { Insecure = isInsecure } }, NullLogger.Instance);
        app.Run(context => context.Response.WriteAsync("in", Stop));
        await app.StartAsync(Stop);
        using HttpClient client = new() { BaseAddress = new(app.Urls.Single()) };

        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);

        Assert.Equal(status, answer.StatusCode);
        // Else a client would send it, and only then be refused.
        Assert.Empty(answer.Headers.WwwAuthenticate);
        if (status is HttpStatusCode.Forbidden) Assert.Contains("https", await answer.Content.ReadAsStringAsync(Stop));
    }
}
