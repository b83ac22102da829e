import NIOSSL
import NanoCore

/// How a client certificate names the device that it is for. Keys `devices.tls.device_from` and
/// `devices.tls.subjects`.
public struct DeviceNaming: Equatable, Sendable {
    /// Where the name is in a certificate (RFC 5280 §4.1.2.6 and §4.2.1.6).
    public enum Field: String, CaseIterable, Sendable {
        case commonName = "common_name"
        case dns
        case uri
    }

    public var field: Field
    /// The `device_id` of each name, which is its UTF-8: names that only look the same are two. Empty
    /// where names are ids.
    public var subjects: [[UInt8]: String]

    public init(_ field: Field, subjects: [[UInt8]: String] = [:]) {
        self.field = field
        self.subjects = subjects
    }

    /// The `device_id` of the device that a certificate is for.
    ///
    /// - Throws: ``HandshakeFault`` when it names none, or more than one, or one not listed.
    func device(of certificate: NIOSSLCertificate) throws(HandshakeFault) -> String {
        try device(named: Self.names(certificate, field))
    }

    /// The same by the names in a certificate.
    func device(named names: [String]) throws(HandshakeFault) -> String {
        guard let name = names.first, !name.isEmpty else {
            throw HandshakeFault(.certificate, "its certificate has no \(field.rawValue)")
        }
        guard names.count == 1 else {
            throw HandshakeFault(
                .certificate, "its certificate has \(names.count) of \(field.rawValue), not one")
        }
        if subjects.isEmpty { return name }
        guard let device = subjects[Array(name.utf8)] else {
            throw HandshakeFault(
                .certificate,
                "devices.tls.subjects has no \(SafeText.shortened(name, to: 80))")
        }
        return device
    }

    /// The library promises nothing about alternative names but has them for its own checks; a
    /// parser of our own for hostile certificates would be worse.
    private static func names(_ certificate: NIOSSLCertificate, _ field: Field) -> [String] {
        let kind: _SubjectAlternativeName.NameType
        switch field {
        case .commonName:
            return certificate.subjectName.filter { $0.type == .commonName }.map(\.value)
        case .dns: kind = .dnsName
        case .uri: kind = .uri
        }
        return certificate._subjectAlternativeNames().filter { $0.nameType == kind }.map { name in
            name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
    }
}
