/// One device that has sent at least one accepted packet.
public struct DeviceSnapshot: Codable, Equatable, Sendable {
    public var model: ModelID
    /// As sent; hostile text, to be escaped before it is shown.
    public var id: String
    /// Address and port of the newest packet.
    public var address = ""
    /// The same of its first packet; nil where the gateway does not tell.
    public var firstAddress: String?
    public var accepted: UInt64 = 0
    /// Of all its accepted frames; nil where the gateway does not tell.
    public var bytes: UInt64?
    /// Refusals after the MAC held, so that they can be laid at this device's door.
    public var refused: UInt64 = 0
    public var firstSeenUnixMilliseconds: Int64 = 0
    public var lastSeenUnixMilliseconds: Int64 = 0
    /// The same on a clock that nobody sets; nil where the gateway does not tell.
    public var lastSeenMonotonicNanoseconds: UInt64?
    /// Accepted packets a second, settled over some ten seconds.
    public var packetsPerSecond: Double = 0
    /// The device's clock less the gateway's, in seconds, at the newest packet.
    public var clockOffsetSeconds: Double = 0
    /// Number of the generation of the model's secret that its newest packet was signed with.
    public var generation = 0
    /// What an operator has decided about it; nil where nobody has.
    public var standing: DeviceStanding?
    /// Whether ``id`` is a name of its own, and not the address of a device that sends none.
    public var isNamed = true
    /// Whether nothing of it is accepted any more, while frames with its name are refused; nil where it
    /// is not so, or the gateway does not tell.
    public var isRefused: Bool?
    /// Whether its newest packet came from where an operator's block lets nobody in; nil where it is not
    /// so, or the gateway does not tell.
    public var isAddressBlocked: Bool?

    public init(model: ModelID, id: String) {
        self.model = model
        self.id = id
    }
}

/// A packet that its destination will never take, with the answer that says so.
public struct DeadLetterSnapshot: Codable, Equatable, Sendable {
    /// Identity of the packet, by which the destination knows it too.
    public var id: String
    public var model: ModelID
    /// When it was condemned.
    public var unixMilliseconds: Int64
    /// The status that condemned it: `422 Unprocessable Entity`.
    public var error: String
    /// The destination's reason, or the beginning of its answer; escaped, at most 256 characters.
    public var reason: String
    /// Its number in the store, for commands.
    public var number: Int64 = 0
    /// As sent; hostile text, to be escaped before it is shown. Nil where it is not known.
    public var device: String?
    public var receivedUnixMilliseconds: Int64 = 0
    /// Attempts to deliver it so far.
    public var attempts = 0
    /// Whether it is to be sent once more.
    public var isToBeRedriven = false
    /// The payload as JSON; escaped, and cut where it is long.
    public var payload = ""

    public init(
        id: String, model: ModelID, unixMilliseconds: Int64, error: String, reason: String
    ) {
        self.id = id
        self.model = model
        self.unixMilliseconds = unixMilliseconds
        self.error = error
        self.reason = reason
    }

    /// What lists call its state.
    package var stateName: String { Self.stateName(redriven: isToBeRedriven) }

    static func stateName(redriven: Bool) -> String { redriven ? "redrive" : "dead" }
}

/// An address that sends much.
public struct TalkerSnapshot: Codable, Sendable {
    public var address: String
    public var packets: UInt64
    public var refused: UInt64

    public init(address: String, packets: UInt64, refused: UInt64) {
        self.address = address
        self.packets = packets
        self.refused = refused
    }
}

/// Something that an operator should look at, as a sentence that ends in an action.
public struct AlarmSnapshot: Codable, Sendable {
    public enum Severity: String, CaseIterable, Codable, Sendable {
        case notice, warning, critical
    }

    /// Stays the same for as long as the alarm lasts.
    public var id: String
    public var severity: Severity
    /// When it began.
    public var unixMilliseconds: Int64
    /// Two or three words: `replay storm`.
    public var title: String
    public var text: String
    /// What the alarm is about, as far as it is one of these.
    public var model: ModelID?
    public var route: String?
    /// As sent, with ``model``; hostile text, to be escaped before it is shown.
    public var device: String?
    public var reason: RefusalReason?
    /// The address that most of it comes from, without a port.
    public var address: String?
    /// Nil while it stands.
    public var endedUnixMilliseconds: Int64?
    /// Who looks after it; nil while nobody has said so.
    public var acknowledgement: AlarmAcknowledgement?
    /// How long it stood, whatever became of the clock meanwhile; nil while it stands, and where the
    /// gateway does not tell.
    public var lastedSeconds: Double?

    public init(
        id: String, severity: Severity, unixMilliseconds: Int64, title: String, text: String
    ) {
        self.id = id
        self.severity = severity
        self.unixMilliseconds = unixMilliseconds
        self.title = title
        self.text = text
    }
}

/// One generation of a model's secret, without the secret.
public struct SecretSnapshot: Codable, Sendable {
    public enum State: String, CaseIterable, Codable, Sendable {
        case current
        /// Accepted, to become the current one.
        case staged
        /// Accepted until its grace ends.
        case previous
    }

    public var model: ModelID
    public var generation: Int
    public var state: State
    /// The first 8 bytes of SHA-256 over "nanogridata/fingerprint" and the secret, as hex.
    public var fingerprint: String
    public var createdUnixMilliseconds: Int64
    /// Since when it is the current one; nil for others.
    public var currentSinceUnixMilliseconds: Int64?
    /// Seconds that the model's secrets may be current, by configuration; nil for as long as they like.
    public var rotateAfterSeconds: Int64?
    /// When a previous generation stops being accepted.
    public var validUntilUnixMilliseconds: Int64?
    /// Where the secret came from: `environment`, `keystore`, `generated` or `imported`.
    public var origin: String
    /// Devices, active within the last 24 hours, whose newest packet was signed with it.
    public var devices = 0

    public init(
        model: ModelID, generation: Int, state: State, fingerprint: String,
        createdUnixMilliseconds: Int64, validUntilUnixMilliseconds: Int64?, origin: String
    ) {
        self.model = model
        self.generation = generation
        self.state = state
        self.fingerprint = fingerprint
        self.createdUnixMilliseconds = createdUnixMilliseconds
        self.validUntilUnixMilliseconds = validUntilUnixMilliseconds
        self.origin = origin
    }
}

/// A frame with its verdict, as kept for consoles and dumps.
public struct PacketRecord: Codable, Equatable, Sendable {
    /// Counts up in the order of judgement within a gateway's run, over both verdicts.
    public var id: UInt64
    public var unixMilliseconds: Int64
    /// When it was judged on a clock that nobody sets; nil where the gateway does not tell.
    public var monotonicNanoseconds: UInt64?
    /// Address and port.
    public var address: String
    /// The frame; for a framing fault the bytes from the fault on, at most one frame's worth.
    public var bytes: [UInt8]
    /// Nil when the frame was accepted.
    public var refusal: Refusal?
    /// Nil where the header did not tell.
    public var model: ModelID?
    /// Nil where there is none, or it could not be trusted to be one.
    public var deviceID: String?
    /// What an examination of a failed MAC found, in a sentence for the operator.
    public var diagnosis: String?
    /// The opened payload, a CBOR map, of an accepted frame that came encrypted; empty for others.
    public var plain: [UInt8]

    public init(
        id: UInt64, unixMilliseconds: Int64, address: String, bytes: [UInt8],
        refusal: Refusal? = nil, model: ModelID? = nil, deviceID: String? = nil,
        diagnosis: String? = nil, plain: [UInt8] = [], monotonicNanoseconds: UInt64? = nil
    ) {
        self.id = id
        self.unixMilliseconds = unixMilliseconds
        self.monotonicNanoseconds = monotonicNanoseconds
        self.address = address
        self.bytes = bytes
        self.refusal = refusal
        self.model = model
        self.deviceID = deviceID
        self.diagnosis = diagnosis
        self.plain = plain
    }

    /// The frame with its opened payload behind it, for ``FrameBounds/init(packet:in:)``.
    public var packet: [UInt8] { bytes + plain }
}

/// One line of the gateway's log.
public struct LogLine: Codable, Equatable, Sendable {
    public var id: UInt64
    public var unixMilliseconds: Int64
    /// `trace` … `critical`, as in swift-log.
    public var level: String
    /// The part of the gateway that speaks: `ingress`, `route.alba`.
    public var label: String
    public var message: String

    public init(
        id: UInt64, unixMilliseconds: Int64, level: String, label: String, message: String
    ) {
        self.id = id
        self.unixMilliseconds = unixMilliseconds
        self.level = level
        self.label = label
        self.message = message
    }
}
