using Albumen.Native;

namespace Albumen.Tests.Acceptance;

/// <summary>signal(7)</summary>
static class Signal
{
    public const int HangUp = 1, Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    public static void Send(int process, int signal) => _ = Libc.Kill(process, signal);
}
