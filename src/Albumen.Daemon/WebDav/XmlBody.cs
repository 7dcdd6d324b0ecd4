using System.IO.Pipelines;
using System.Text;
using System.Xml;

namespace Albumen.Daemon.WebDav;

/// <summary>The XML a client sends: read in one direction, bounded in length and depth, without DTDs.</summary>
static class XmlBody
{
    public const int LimitInBytes = 1024 * 1024, DeepestElement = 64;

    /// <summary>The namespace that the prefix <c>xml</c> always means.</summary>
    public const string XmlSpace = "http://www.w3.org/XML/1998/namespace";

    /// <summary>All of a request's body; empty when there is none.</summary>
    /// <returns>Null when it is too long.</returns>
    public static async ValueTask<MemoryStream?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        MemoryStream body = new();
        while (true)
        {
            ReadResult part = await RequestBody.ReadAsync(reader, cancellationToken);
            foreach (ReadOnlyMemory<byte> bytes in part.Buffer) body.Write(bytes.Span);
            reader.AdvanceTo(part.Buffer.End);
            if (body.Length > LimitInBytes) return null;
            if (part.IsCompleted) break;
        }
        body.Position = 0;
        return body;
    }

    /// <summary>Reads a request's body and parses it; when that cannot be done, the answer is written.</summary>
    /// <returns>Null when it was answered.</returns>
    public static async Task<T?> ParseAsync<T>(HttpContext context, Func<Stream, T> parse) where T : class
    {
        if (context.Request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await DavError.SendAsync(context, StatusCodes.Status415UnsupportedMediaType, "", "A body of XML comes as it is, not compressed.");
            return null;
        }
        try
        {
            if (await ReadAsync(context.Request.BodyReader, context.RequestAborted) is { } body) return parse(body);
            await DavError.SendAsync(context, StatusCodes.Status413PayloadTooLarge, "", $"A body of XML has at most {LimitInBytes} bytes.");
        }
        catch (XmlException error)
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", error.Message);
        }
        return null;
    }

    /// <param name="keepSpace">White space is part of a value.</param>
    public static XmlReader Open(Stream body, bool keepSpace = false) => XmlReader.Create(body, new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LimitInBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = !keepSpace,
    });

    /// <summary>The element a reader stands on, complete and able to stand in any document; its language goes with it (RFC 4918, 4.3). The reader ends on its end.</summary>
    /// <param name="text">The text in it, without that of inner elements' markup.</param>
    /// <exception cref="XmlException">It is nested too deeply or not well-formed.</exception>
    public static string Element(XmlReader xml, out string text)
    {
        StringBuilder element = new(), inner = new();
        int depth = xml.Depth;
        using (XmlWriter to = XmlWriter.Create(element, new() { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, NewLineHandling = NewLineHandling.Entitize }))
        {
            string language = xml.XmlLang;
            bool isFirst = true;
            do
            {
                if (xml.Depth > DeepestElement) throw new XmlException("The elements are nested too deeply.");
                switch (xml.NodeType)
                {
                    case XmlNodeType.Element:
                        bool isEmpty = xml.IsEmptyElement;
                        to.WriteStartElement(xml.Prefix, xml.LocalName, xml.NamespaceURI);
                        if (isFirst && language.Length > 0 && xml.GetAttribute("lang", XmlSpace) is null) to.WriteAttributeString("xml", "lang", XmlSpace, language);
                        isFirst = false;
                        to.WriteAttributes(xml, defattr: false);
                        if (isEmpty) to.WriteEndElement();
                        if (isEmpty && xml.Depth == depth) goto end;
                        break;
                    case XmlNodeType.EndElement:
                        to.WriteFullEndElement();
                        if (xml.Depth == depth) goto end;
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                        to.WriteString(xml.Value);
                        inner.Append(xml.Value);
                        break;
                }
            }
            while (xml.Read());
        end:;
        }
        text = inner.ToString();
        return element.ToString();
    }
}
