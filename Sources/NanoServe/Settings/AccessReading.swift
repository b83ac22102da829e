import Foundation
import NIOSSL

extension HTTPAccess {
    /// Fields that the gateway writes itself, or that would break the framing of a request.
    private static let ownFields: Set<String> = [
        "host", "content-type", "content-length", "user-agent", "accept-encoding",
        "idempotency-key", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect",
    ]
    /// The longest value of a field, in bytes; servers rarely take more than twice of it.
    private static let maximumValueBytes = 4_096

    /// The largest file with authorities, in bytes: the bundles of systems have some hundred kilobytes.
    private static let maximumAuthorityBytes = 4 << 20

    /// Reads what stands in a destination's section.
    ///
    /// - Parameter isTLS: Whether requests go over TLS.
    init(_ reader: inout SettingsReader, below section: String, isTLS: Bool) {
        readHeaders(&reader, section + ".headers")
        if let finding = reader.credential(section + ".bearer_token") {
            addBearer(finding, &reader)
        }
        readAuthorities(&reader, section + ".ca_file", isTLS: isTLS)
    }

    private mutating func readHeaders(_ reader: inout SettingsReader, _ section: String) {
        for name in reader.names(below: section) {
            let key = section + "." + name
            guard Self.isFieldName(name) else {
                reader.refuseName(
                    key, "is not the name of a header field", allowed: "letters, digits and -")
                continue
            }
            guard let finding = reader.find(key) else { continue }
            reader.charge(finding.place, "names a secret")
            if Self.ownFields.contains(name.lowercased()) {
                reader.report(
                    "\(finding.place): the gateway writes this field itself; leave it out")
            } else if headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                reader.report("\(finding.place): the field is there twice; keep one")
            } else if !Self.isFieldValue(finding.text) {
                reader.report(
                    "\(finding.place): the value cannot be sent; use 1…\(Self.maximumValueBytes) "
                        + "printable ASCII characters, without spaces around them")
            } else {
                add(name, finding.text, hiding: finding.text)
                hideCredentials(in: finding.text)
            }
        }
    }

    private mutating func addBearer(
        _ finding: SettingsReader.Finding, _ reader: inout SettingsReader
    ) {
        guard !hasAuthorization else {
            return reader.report(
                "\(finding.place): the headers have Authorization already; keep one of the two")
        }
        guard Self.isToken(finding.text) else {
            return reader.report("\(finding.place): \(Self.tokenRule)")
        }
        add("Authorization", "Bearer " + finding.text, hiding: finding.text)
    }

    private mutating func readAuthorities(
        _ reader: inout SettingsReader, _ key: String, isTLS: Bool
    ) {
        guard let path = reader.path(key) else { return }
        let place = reader.find(key)?.place ?? SettingsPlace(key)
        guard isTLS else {
            return reader.report("\(place): the endpoint is not https; leave it out or use https")
        }
        let bytes: [UInt8]
        do throws(PlainFile.Fault) {
            bytes = try PlainFile.read(path, atMost: Self.maximumAuthorityBytes)
        } catch {
            return reader.report(
                error.words.hasPrefix("cannot be opened")
                    ? "\(place): the file cannot be read; look at its path and mode"
                    : "\(place): the file \(error.words)")
        }
        reader.warn(ofFile: path, at: place, "says which servers are believed")
        let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes)
        guard certificates?.isEmpty == false else {
            return reader.report("\(place): the file holds no certificate in PEM form")
        }
        caFile = path
    }

    /// Adds a field; `secret` is the part of it that must not be shown.
    mutating func add(_ name: String, _ value: String, hiding secret: String) {
        headers.append(Header(name: name, value: Secret(Array(value.utf8))))
        hide(secret)
        hide(partsOf: secret)
    }

    /// Keeps a text out of everything that is shown, in each of its spellings.
    mutating func hide(_ secret: String) {
        guard secret.utf8.count >= Self.leastHiddenBytes else { return }
        secrets.append(Secret(Array(secret.utf8)))
    }

    /// Keeps the parts of a field's value out of everything that is shown: of `Cookie: s=SECRET; t=1`
    /// and `Authorization: Token token="SECRET"` a receiver may repeat the secret alone.
    private mutating func hide(partsOf value: String) {
        for part in value.split(whereSeparator: { ";,=:\" ".contains($0) })
        where part.utf8.count >= Self.leastPartBytes
            && !Self.harmlessParts.contains(part.lowercased())
        {
            hide(String(part))
        }
    }

    /// Keeps the values in an address's query out of everything that is shown: they may be tokens.
    /// Those of items with a harmless name are not, so that words of every answer stay readable.
    mutating func hide(queryOf target: String) {
        guard let start = target.firstIndex(of: "?") else { return }
        for item in target[start...].dropFirst().split(whereSeparator: { "&;".contains($0) }) {
            let sign = item.firstIndex(of: "=")
            if let sign, Self.harmlessItems.contains(item[..<sign].lowercased()) { continue }
            let value = sign.map { item[$0...].dropFirst() } ?? item
            let plain = value.replacing("+", with: " ").removingPercentEncoding ?? ""
            let plainWithSigns = String(value).removingPercentEncoding ?? ""
            // Short ones are known by their names alone.
            if plain.utf8.count < Self.leastHiddenBytes { hide(String(item)) }
            for text in Set([String(value), plain, plainWithSigns]) { hide(text) }
        }
    }

    /// Keeps the parts of a field's value out of everything that is shown: the credential behind a
    /// scheme (RFC 9110 §11.4), and a password in it (RFC 7617 §2).
    private mutating func hideCredentials(in value: String) {
        guard let space = value.firstIndex(of: " ") else { return }
        let credential = value[space...].drop { $0 == " " }
        hide(String(credential))
        guard value[..<space].lowercased() == "basic",
            let pair = Data(base64Encoded: String(credential)).flatMap({
                String(data: $0, encoding: .utf8)
            })
        else { return }
        hide(pair)
        if let colon = pair.firstIndex(of: ":") { hide(String(pair[colon...].dropFirst())) }
    }

    /// Shorter secrets are in many harmless words.
    private static let leastHiddenBytes = 6
    /// Shorter parts of a value are mostly names.
    private static let leastPartBytes = 8
    /// Schemes, and names of what a credential says, in small letters.
    private static let harmlessParts: Set<String> = [
        "algorithm", "application/json", "aws4-hmac-sha256", "credential", "negotiate", "response",
        "signature", "signedheaders", "username",
    ]
    /// Names of items whose values are no secrets, in small letters. docs/configuration.md lists them.
    private static let harmlessItems: Set<String> = [
        "api-version", "bucket", "charset", "consistency", "database", "dataset", "db", "encoding",
        "format", "index", "lang", "mode", "org", "orgid", "pipeline", "precision", "pretty",
        "refresh", "rp", "schema", "site", "source", "stream", "table", "timeout", "topic", "type",
        "v", "version", "wait",
    ]

    var hasAuthorization: Bool {
        headers.contains { $0.name.lowercased() == "authorization" }
    }

    static let tokenRule = "is not a token; use 1…4096 printable ASCII characters without spaces"

    static func isToken(_ text: String) -> Bool {
        isFieldValue(text) && !text.contains(" ")
    }

    /// RFC 9110 §5.6.2, without the dots that configuration keeps for itself.
    private static func isFieldName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// RFC 9110 §5.5, without bytes beyond ASCII, which mean nothing certain.
    private static func isFieldValue(_ text: String) -> Bool {
        (1...maximumValueBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && text.first != " " && text.last != " "
    }
}
