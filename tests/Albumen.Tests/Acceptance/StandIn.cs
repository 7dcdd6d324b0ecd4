namespace Albumen.Tests.Acceptance;

/// <summary>
/// Stands in on a private bus for services that need a whole machine: systemd as process 1, a login1 that can put it to sleep, a UDisks2 that sees disks. They
/// say what those would say to Albumen, on orders from standard input, and print what they are asked.
/// </summary>
static class StandIn
{
    /// <summary>Debian's, which has the modules of D-Bus.</summary>
    public const string Python = "/usr/bin/python3";

    public const string Module = "/usr/lib/python3/dist-packages/dbus/__init__.py", Loop = "/usr/lib/python3/dist-packages/gi/__init__.py";

    public const string Login = "org.freedesktop.login1", Disks = "org.freedesktop.UDisks2", Systemd = "org.freedesktop.systemd1";

    public const string Script = """
        import dbus, dbus.lowlevel, dbus.service, dbus.mainloop.glib, os, sys
        from gi.repository import GLib
        dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
        bus = dbus.SystemBus()
        say = lambda *words: print(*words, flush=True)
        SYSTEMD, LOGIN, DISKS = "/org/freedesktop/systemd1", "/org/freedesktop/login1", "/org/freedesktop/UDisks2"
        reload, restarts = False, 0

        class Login(dbus.service.Object):
            @dbus.service.method("org.freedesktop.login1.Manager", in_signature="ssss", out_signature="h")
            def Inhibit(self, what, who, why, mode):
                ours, theirs = os.pipe()
                say("held", what, who, mode)
                def gone(*_):
                    os.close(ours)
                    say("released")
                    return False
                GLib.io_add_watch(ours, GLib.IO_HUP, gone)
                sent = dbus.types.UnixFd(theirs)
                os.close(theirs)
                return sent

        def unit(name, **more):
            return dbus.Dictionary({"Id": name, "ActiveState": "active", "SubState": "running", "ActiveEnterTimestamp": dbus.UInt64(1750000000000000),
                "NeedDaemonReload": reload, "TriggeredBy": dbus.Array(["photos.socket"], signature="s"), "Environment": dbus.Array(["A=b"], signature="s"), **more}, signature="sv")

        class Systemd(dbus.service.Object):
            @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="u", out_signature="o")
            def GetUnitByPID(self, pid):
                self.pid = pid
                return SYSTEMD + "/unit/photos_2eservice"
            @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="asas", out_signature="a(ssssssouso)")
            def ListUnitsByPatterns(self, states, patterns):
                say("patterns", *patterns)
                return [(n, n, "loaded", "active", "listening", "", SYSTEMD + "/unit/" + n.replace(".", "_2e").replace("-", "_2d"), dbus.UInt32(0), "", "/") for n in ("photos.socket", "photos-verify.timer")]
            @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="ss", out_signature="o")
            def StartUnit(self, name, mode):
                say("start", name)
                return SYSTEMD + "/job/1"
            @dbus.service.method("org.freedesktop.systemd1.Manager")
            def Subscribe(self): pass

        class Units(dbus.service.FallbackObject):
            SUPPORTS_MULTIPLE_OBJECT_PATHS = True
            @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v")
            def Get(self, face, name): return "loaded"
            @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="s", out_signature="a{sv}", path_keyword="path")
            def GetAll(self, face, path):
                if face.endswith("Service"): return dbus.Dictionary({"MainPID": dbus.UInt32(systemd.pid), "NRestarts": dbus.UInt32(restarts), "MemoryCurrent": dbus.UInt64(123000000)}, signature="sv")
                if face.endswith("Timer"): return dbus.Dictionary({"NextElapseUSecRealtime": dbus.UInt64(4102444800000000)}, signature="sv")
                return unit("photos.service") if path.endswith("service") else unit("photos.socket", SubState="listening") if path.endswith("socket") else unit("photos-verify.timer", SubState="waiting")

        def signal(path, face, name, signature, *values):
            message = dbus.lowlevel.SignalMessage(path, face, name)
            message.append(*values, signature=signature)
            bus.send_message(message)

        def order(source, _):
            global reload, restarts
            line = sys.stdin.readline()
            if not line: return False
            what, *words = line.split()
            if what == "sleep": signal(LOGIN, "org.freedesktop.login1.Manager", "PrepareForSleep", "b", words[0] == "on")
            elif what == "removed": signal(DISKS, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", "oas", words[0], ["org.freedesktop.UDisks2.Block"])
            elif what == "added": signal(DISKS, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", "oa{sa{sv}}", words[0], {"org.freedesktop.UDisks2.Block": {"Size": dbus.UInt64(1)}})
            elif what == "mounted": signal(words[0], "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", "org.freedesktop.UDisks2.Filesystem", {"MountPoints": dbus.Array([], signature="ay")}, [])
            elif what == "changed": reload, restarts = True, 2
            return True

        names = [dbus.service.BusName(name, bus) for name in sys.argv[1:]]
        login, systemd, units = Login(bus, LOGIN), Systemd(bus, SYSTEMD), Units(bus, SYSTEMD + "/unit")
        GLib.io_add_watch(0, GLib.IO_IN, order)
        say("ready")
        GLib.MainLoop().run()
        """;
}
