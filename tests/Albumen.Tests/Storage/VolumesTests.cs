namespace Albumen.Tests.Storage;

public sealed class VolumesTests : IDisposable
{
    readonly Shelf _shelf = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task What_somebody_said_of_a_volume_does_not_hold_for_what_lies_there_after_it_was_away()
    {
        await _shelf.Volumes.SuspectAsync(_shelf.Volume, "thin", isStranger: false, Stop);
        await _shelf.Volumes.ConfirmAsync(_shelf.Volume, Stop);
        Assert.True(_shelf.Volumes.IsConfirmed(_shelf.Volume));

        await _shelf.Volumes.OfflineAsync(_shelf.Volume, "it gave errors and was pulled out", Stop);

        Assert.False(_shelf.Volumes.IsConfirmed(_shelf.Volume));
    }
}
