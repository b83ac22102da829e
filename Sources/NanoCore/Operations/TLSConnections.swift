/// Device connections over TLS.
public struct TLSConnectionsSnapshot: Codable, Equatable, Sendable {
    /// Handshakes that are remembered, at most.
    public static let failureCount = 20

    public var open = 0
    /// Handshakes done since the start.
    public var total: UInt64 = 0
    /// The newest handshakes that failed, newest last.
    public private(set) var failures: [HandshakeFailure] = []

    public init() {}

    /// Remembers a handshake that has failed, in place of the oldest.
    public mutating func note(_ failure: HandshakeFailure) {
        if failures.count == Self.failureCount { failures.removeFirst() }
        failures.append(failure)
    }
}

/// A TLS handshake that came to nothing.
public struct HandshakeFailure: Codable, Equatable, Sendable {
    /// The device's address.
    public var address: String
    public var unixMilliseconds: Int64
    /// What the connection was turned away for.
    public var reason: TurnedAwayReason
    /// What went wrong, fit to be shown.
    public var words: String

    public init(
        address: String, unixMilliseconds: Int64, reason: TurnedAwayReason, words: String
    ) {
        self.address = address
        self.unixMilliseconds = unixMilliseconds
        self.reason = reason
        self.words = words
    }
}

/// A file with certificates that the gateway shows, or believes.
public struct CertificateSnapshot: Codable, Equatable, Sendable {
    /// The key that names the file: `devices.tls.certificate`.
    public var key: String
    /// When the first of them to end is not valid any more.
    public var validUntilUnixMilliseconds: Int64
    /// What is wrong with the files as they are now, while older ones hold; empty when nothing is.
    public var fault = ""

    public init(key: String, validUntilUnixMilliseconds: Int64) {
        self.key = key
        self.validUntilUnixMilliseconds = validUntilUnixMilliseconds
    }
}
