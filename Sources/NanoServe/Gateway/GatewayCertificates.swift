import Logging
import NIOCore
import NanoCore

/// The certificates that a gateway shows: to devices, and to whoever watches it.
struct GatewayCertificates: Sendable {
    let devices: ServerTLS?
    let monitor: ServerTLS?

    /// - Throws: ``TLSFault`` when one cannot be used.
    init(_ configuration: GatewayConfiguration, now: Moment) throws(TLSFault) {
        devices = try configuration.tls.map { tls throws(TLSFault) in
            try ServerTLS(tls.files, tls.policy, unixSeconds: now.unixSeconds)
        }
        monitor = try configuration.monitorTLS.map { files throws(TLSFault) in
            try ServerTLS(files, unixSeconds: now.unixSeconds)
        }
    }

    var snapshots: [CertificateSnapshot] {
        [devices, monitor].compactMap(\.self).flatMap(\.snapshots)
    }

    /// Takes over certificates that have been renewed. Those that cannot be used are told by an
    /// alarm.
    func refresh(now: Moment, logger: Logger) {
        for tls in [devices, monitor].compactMap(\.self)
        where tls.refresh(unixSeconds: now.unixSeconds) == .renewed {
            let end = tls.snapshots.first.map { Timestamp.iso8601($0.validUntilUnixMilliseconds) }
            logger.notice(
                "the certificate was renewed; new connections get it",
                metadata: ["key": "\(tls.files.section)", "valid_until": "\(end ?? "")"])
        }
    }
}

extension Gateway {
    /// Says where devices connect, and how.
    func logListening(_ channel: any Channel) {
        let host = channel.localAddress?.ipAddress ?? ""
        func address(_ port: Int?) -> String {
            Settings.HTTPEndpoint(host: host, port: port ?? 0).authority
        }
        var fields: Logger.Metadata = ["address": "\(address(channel.localAddress?.port))"]
        if let tls = configuration.tls {
            fields["tls"] = listener.tlsPort.map { "\(address($0))" } ?? "on the same port"
            fields["plain"] = tls.takesPlain ? "allowed" : "refused"
        }
        logger.info("listening for devices", metadata: fields)
    }
}
