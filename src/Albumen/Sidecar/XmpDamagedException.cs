namespace Albumen.Sidecar;

/// <summary>A sidecar cannot be understood whole, and so must not be written to. The message says what is wrong and in which line.</summary>
public sealed class XmpDamagedException(string message) : Exception(message);
