namespace Albumen.Client;

/// <summary>The certificate that the https door shows.</summary>
/// <param name="Subject">Whom it is made out to.</param>
/// <param name="Issuer">Who signed it.</param>
/// <param name="Names">The names and addresses it is for.</param>
/// <param name="Fingerprint">SHA-256, to be compared by eye: <c>3F:9C:...</c></param>
/// <param name="Path">Where it lies on the machine of the daemon.</param>
/// <param name="Fault">What is wrong with the files there, so that an earlier one is shown; absent when nothing is.</param>
/// <param name="Pem">As it is shown, with what leads to its authority.</param>
/// <param name="Authority">Whom clients have to trust, because nobody else knows it; absent when the admin gave the certificate.</param>
public sealed record Certificate(string Subject, string Issuer, IReadOnlyList<string> Names, string Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter,
    string Path, string? Fault, string Pem, CertificateAuthority? Authority);

/// <summary>The authority that signs Albumen's own certificates.</summary>
/// <param name="Fingerprint">SHA-256.</param>
/// <param name="Path">Where its certificate lies on the machine of the daemon.</param>
/// <param name="Pem">What clients are given to trust; also at <c>/albumen.crt</c> of each door.</param>
public sealed record CertificateAuthority(string Subject, string Fingerprint, DateTimeOffset NotAfter, string Path, string Pem);
