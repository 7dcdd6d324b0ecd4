using Albumen.Client;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether what people say reaches the files beside the originals, and the copies of the layer files.</summary>
sealed class SidecarCheck : PlainCheck
{
    public override string Name => "sidecars";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        Appliance appliance = patient.Running!.Appliance;
        yield return appliance.SidecarFiles.IsReady ? Ok("Sidecars can be written.") : Failed(Scribe.NotRunning, patient.Restart);
        foreach ((Volume volume, long lines) in appliance.Layer.Strangers)
            yield return Failed($"The volume '{volume.Name}' carries what people did in {LayerKeeper.FolderOf(volume)}, and {lines} lines of it are not known here; nothing is written over it.",
                $"albumen import-layer {Shell.Word(LayerKeeper.FolderOf(volume))}", "layer");
        if (appliance.Layer.Trouble is { } layer) yield return Warning(layer, $"ls -l {Shell.Word(patient.Layout.LayerFolder)}", "layer");
    }
}
