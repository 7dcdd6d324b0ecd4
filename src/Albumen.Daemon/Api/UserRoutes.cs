using Albumen.Client;
using Albumen.Identity;
using AppPassword = Albumen.Client.AppPassword;

namespace Albumen.Daemon.Api;

/// <summary>/users: people and their app passwords. With dry_run nothing is changed, and the answer is that of the real thing.</summary>
static class UserRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        People people = appliance.People;

        api.MapGet("/users", () =>
        {
            IReadOnlyDictionary<long, DateTimeOffset> uses = people.LastUses();
            return (IReadOnlyList<User>)[.. people.List().Select(p => ToUser(p) with { Used = uses.TryGetValue(p.Id, out DateTimeOffset used) ? used : null })];
        }).WithSummary("Everybody who may sign in.");

        api.MapPost("/users", async (NewUser user, bool? dry_run, CancellationToken cancellationToken) =>
        {
            if (dry_run is not true)
                return Results.Json(ToUser(await people.AddAsync(user.Name, user.Admin, cancellationToken)), ApiJson.Default.User, statusCode: StatusCodes.Status201Created);
            PersonName name = PersonName.Parse(user.Name);
            if (people.Find(name.Text) is { } known) throw new IdentityException(IdentityFault.Taken, $"There is a user '{known.Name}' already.");
            return Results.NoContent();
        }).Produces<User>(StatusCodes.Status201Created).Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Adds a user.");

        api.MapDelete("/users/{name}", async (string name, bool? dry_run, CancellationToken cancellationToken) =>
        {
            if (dry_run is true) people.ListPasswords(name);
            else await people.RemoveAsync(name, cancellationToken);
            return Results.NoContent();
        }).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Removes a user with all app passwords.");

        api.MapGet("/users/{name}/app-passwords", (string name) =>
            (IReadOnlyList<AppPassword>)[.. people.ListPasswords(name).Select(p => new AppPassword(p.Selector, p.Label, p.Created, p.Used))])
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("A user's app passwords, by their first group.");

        api.MapPost("/users/{name}/app-passwords", async (string name, NewAppPassword password, CancellationToken cancellationToken) =>
        {
            AppPasswordText created = await people.CreatePasswordAsync(name, password.Label ?? "", cancellationToken);
            return Results.Json(new(people.Find(name)?.Name ?? name, created.Text), ApiJson.Default.CreatedAppPassword, statusCode: StatusCodes.Status201Created);
        }).Produces<CreatedAppPassword>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Makes an app password, which is shown this once.");

        api.MapDelete("/users/{name}/app-passwords/{selector}", async (string name, string selector, bool? dry_run, CancellationToken cancellationToken) =>
        {
            if (dry_run is not true) await people.RevokePasswordAsync(name, selector, cancellationToken);
            else if (people.ListPasswords(name).All(p => p.Selector != selector)) throw RefusedException.NotFound($"{name} has no app password '{selector}'.");
            return Results.NoContent();
        }).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Makes an app password worthless at once.");
    }

    static User ToUser(Person person) => new(person.Name, person.IsAdmin, person.Created);
}
