/// Alarms for certificates that end soon or have ended, and for new ones that cannot be taken over.
enum CertificateAlarms {
    private static let dayMilliseconds: Int64 = 86_400_000
    /// A new certificate and its key come one after the other.
    private static let patienceNanoseconds: UInt64 = 5_000_000_000

    static func findings(_ snapshot: Snapshot) -> [AlarmFinding] {
        snapshot.certificates.flatMap { certificate in
            [
                ending(certificate, now: snapshot.gateway.unixMilliseconds),
                refused(certificate),
            ].compactMap(\.self)
        }
    }

    private static func ending(_ certificate: CertificateSnapshot, now: Int64) -> AlarmFinding? {
        let left = certificate.validUntilUnixMilliseconds - now
        let severity: AlarmSnapshot.Severity
        switch left {
        case ...(3 * dayMilliseconds): severity = .critical
        case ...(14 * dayMilliseconds): severity = .warning
        case ...(30 * dayMilliseconds): severity = .notice
        default: return nil
        }
        let end = Timestamp.iso8601(certificate.validUntilUnixMilliseconds)
        let rest = PlainWords.time(seconds: Double(left) / 1_000)
        return AlarmFinding(
            id: "certificate/\(certificate.key)", severity: severity,
            title: left <= 0
                ? "certificate expired"
                : severity == .critical ? "certificate expires" : "certificate expires soon",
            text: "\(certificate.key): "
                + (left <= 0 ? "not valid since \(end)" : "valid until \(end), \(rest) more")
                + "; put a new one in the file's place, which is taken over within seconds",
            holdNanoseconds: 0)
    }

    private static func refused(_ certificate: CertificateSnapshot) -> AlarmFinding? {
        guard !certificate.fault.isEmpty else { return nil }
        return AlarmFinding(
            id: "certificate-file/\(certificate.key)", severity: .warning,
            title: "certificate not taken over",
            text:
                "\(SafeText.escaped(certificate.fault)); the one from before holds; mend the file",
            patienceNanoseconds: patienceNanoseconds, holdNanoseconds: 0)
    }
}
