/// One destination's deliveries:
/// accepted = delivered + waiting + in flight + dead letters + expired + skipped, always.
public struct RouteSnapshot: Codable, Sendable {
    public enum State: String, CaseIterable, Codable, Sendable {
        /// Delivers, or has nothing left to deliver.
        case flowing
        /// By an operator; packets wait.
        case paused
        /// Attempts fail and nothing has been delivered for two seconds, unless it is those of some devices
        /// that fail, while others were taken.
        case retrying
        /// The destination has refused packets for good, and taken none since.
        case refusing
        /// No packet has come yet.
        case idle
    }

    public var name: String
    /// Where it delivers to, without credentials.
    public var endpoint = ""
    public var state = State.idle
    public var accepted: UInt64 = 0
    public var delivered: UInt64 = 0
    public var waiting: UInt64 = 0
    public var inFlight: UInt64 = 0
    /// Packets that it refused for good, and that stand to be looked at, sent once more or dropped.
    public var deadLetters: UInt64 = 0
    /// Packets that were given up unasked.
    public var expiredBy = ExpiredPackets()
    public var skipped: UInt64 = 0
    public var retries: UInt64 = 0
    /// Packets that it has refused for good since the start, those refused again included.
    public var condemned: UInt64 = 0
    /// Devices of which packets fail again and again, while those of others are taken; nil where nobody
    /// has counted them.
    public var failingDevices: Int?
    /// A few of those, by name; nil where the gateway does not tell.
    public var failing: [DeviceName]?
    /// Packets of ``waiting`` that wait for others of their devices, or that came back; nil where nobody
    /// has counted them.
    public var heldBack: UInt64?
    /// Whether attempts are made at all.
    public var breaker = CircuitBreaker.State.closed
    /// Seconds until an open ``breaker`` lets an attempt through; nil while it is not open.
    public var probeInSeconds: Double?
    /// What moves on it now; nil until there are some seconds to tell by.
    public var flow: RouteFlow?
    /// Requests that were under way at once when the newest answer came; nil until there is one.
    public var concurrencyUsed: Int?
    /// Requests that may be under way at once, as far as the destination bears them now.
    public var concurrencyLimit = 0
    /// The most requests at once, by configuration.
    public var concurrencyCeiling = 0
    /// Bytes of the frames that wait, estimated by the mean size of all that was received.
    public var waitingBytes: UInt64 = 0
    /// Devices seen of the models that the rules send here, whatever types they have sent so far.
    public var devices = 0
    /// Age of the oldest packet that waits or is in flight, in seconds; nil when there is none.
    public var oldestSeconds: Double?
    /// Time of one answered request.
    public var answer = QuantileSnapshot()
    /// What the newest failed attempt met, also when others have succeeded since; empty when none
    /// has failed. The ``state`` tells what holds now.
    public var lastError = ""
    public var lastErrorUnixMilliseconds: Int64 = 0
    /// The newest dead letters, newest last, at most twenty; with ``SnapshotParts/deadLetters`` at
    /// most 200, as soon as they have been read.
    public var newestDeadLetters: [DeadLetterSnapshot] = []
    /// The highest number that one of its dead letters has been given; 0 when there was none.
    public var highestDeadLetter: Int64 = 0

    public init(name: String) {
        self.name = name
    }

    /// Seconds until nothing waits, if all goes on as now; nil where it does not come to that. What is given
    /// up brings nobody nearer to it.
    public var emptyInSeconds: Double? {
        guard waiting > 0, !isFailingInPart, let flow, flow.outgoing > flow.incoming else {
            return nil
        }
        return Double(waiting) / (flow.outgoing - flow.incoming)
    }

    /// Whether most of what waits does so for devices whose packets the destination does not take, while
    /// it takes those of others.
    public var isFailingInPart: Bool {
        guard let failingDevices, failingDevices > 0 else { return false }
        return (heldBack ?? 0) >= waiting / 2
    }

    /// Some of the devices whose packets fail, in words, and how many more there are: `0x30 ASIC-007 and
    /// 2 more`; nil where none is known.
    ///
    /// - Parameter count: How many are named.
    package func failingNames(atMost count: Int) -> String? {
        guard let failingDevices, failingDevices > 0, let failing, !failing.isEmpty else {
            return nil
        }
        let named = failing.prefix(count).map(\.words)
        let rest = max(failingDevices, failing.count) - named.count
        return named.joined(separator: ", ")
            + (rest > 0 ? " and \(PlainWords.count(UInt64(rest))) more" : "")
    }

    /// Packets that were given up unasked, whatever the cause.
    public var expired: UInt64 { expiredBy.total }

    public var balances: Bool {
        accepted == delivered &+ waiting &+ inFlight &+ deadLetters &+ expired &+ skipped
    }
}

/// Packets a second on a route, over the last seconds.
public struct RouteFlow: Codable, Equatable, Sendable {
    /// Those that came to wait for it.
    public var incoming: Double
    /// Those that were delivered or condemned.
    public var outgoing: Double
    /// Those that expired or were skipped; nil where nobody has counted them.
    public var givenUp: Double?

    public init(incoming: Double, outgoing: Double, givenUp: Double? = nil) {
        self.incoming = incoming
        self.outgoing = outgoing
        self.givenUp = givenUp
    }

    /// By how many more wait with each second.
    public var growth: Double { incoming - outgoing - (givenUp ?? 0) }
}
