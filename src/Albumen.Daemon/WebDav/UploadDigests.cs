using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// What a client says the bytes it sends are: <c>OC-Checksum</c> (ownCloud), <c>Content-MD5</c>, <c>Digest</c>, and <c>Repr-Digest</c> and
/// <c>Content-Digest</c> (RFC 9530). What uses an algorithm we do not know is as if it were not there.
/// </summary>
sealed class UploadDigests
{
    static readonly string[] Structured = ["Repr-Digest", "Content-Digest", "Digest"];

    readonly List<(string Algorithm, byte[] Value)> _expected = [];

    /// <returns>Null when one cannot be read.</returns>
    public static UploadDigests? Read(IHeaderDictionary headers)
    {
        UploadDigests digests = new();
        if (headers["OC-Checksum"].ToString() is { Length: > 0 } checksum)
        {
            // "SHA1:0123…", in any case; one or several.
            foreach (string part in checksum.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
            {
                int colon = part.IndexOf(':');
                if (colon < 1 || !digests.Add(part[..colon], part[(colon + 1)..], isHex: true)) return null;
            }
        }
        if (headers["Content-MD5"].ToString() is { Length: > 0 } md5 && !digests.Add("md5", md5, isHex: false)) return null;
        foreach (string name in Structured)
            foreach (string part in headers[name].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                int equals = part.IndexOf('=');
                // A byte sequence stands between colons (RFC 8941, 3.3.5); the older Digest has none.
                if (equals < 1 || !digests.Add(part[..equals], part[(equals + 1)..].Split(';')[0].Trim().Trim(':'), isHex: false)) return null;
            }
        return digests;
    }

    public bool NeedSha512 => _expected.Any(e => e.Algorithm == "sha512");

    /// <summary>The name of the first that is another than what was received; null when all are right.</summary>
    public string? Wrong(Upload upload)
    {
        byte[]? sha512 = NeedSha512 ? upload.Sha512() : null;
        foreach ((string algorithm, byte[] value) in _expected)
        {
            byte[] received = algorithm switch { "sha256" => upload.Hashes.Sha256.ToBytes(), "sha1" => upload.Hashes.Sha1, "md5" => upload.Hashes.Md5, _ => sha512! };
            if (!received.AsSpan().SequenceEqual(value)) return algorithm;
        }
        return null;
    }

    bool Add(string algorithm, string value, bool isHex)
    {
        string known = algorithm.Trim().Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (known == "sha") known = "sha1";
        int length = known switch { "sha256" => 32, "sha1" => 20, "md5" => 16, "sha512" => 64, _ => 0 };
        if (length == 0) return true;
        try
        {
            byte[] bytes = isHex ? Convert.FromHexString(value) : Convert.FromBase64String(value);
            if (bytes.Length != length) return false;
            _expected.Add((known, bytes));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
