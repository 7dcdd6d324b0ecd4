using System.Net;
using System.Text;

namespace Albumen.Tests.Acceptance;

/// <summary>One person's WebDAV door of a daemon.</summary>
sealed class Door : IDisposable
{
    readonly HttpClient _http = new();

    Door(Uri address, string name, string password)
    {
        _http.BaseAddress = address;
        _http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
    }

    public static async Task<Door> OfAsync(PrivateDaemon daemon, string person = "anna")
    {
        (string name, string password) = await daemon.PersonAsync(person);
        return new(daemon.Address, name, password);
    }

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public async Task<string> TextAsync(string path) => await _http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>PROPFIND of a folder and its entries; "" where there is none.</summary>
    public async Task<string> ListAsync(string folder)
    {
        using HttpRequestMessage request = new(new HttpMethod("PROPFIND"), new Uri(folder, UriKind.Relative));
        request.Headers.Add("Depth", "1");
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode is HttpStatusCode.MultiStatus ? await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : "";
    }

    public void Dispose() => _http.Dispose();
}
