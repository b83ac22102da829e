import NanoCore

/// What one read of a connection brought.
struct ReadCounts: Sendable {
    /// Frames that were accepted, or that were refused though they came from a device of ours.
    var genuine = 0
    /// Frames that a device may have sent which is not heard, or whoever has recorded them.
    var unheard = 0
    /// Frames that no honest device sends, by reason.
    var offences = ReasonCounts()
}

/// A count for each reason, without a reference: who sends what is refused decides how many of these
/// there are.
struct ReasonCounts: Sendable {
    private var counts = InlineArray<32, UInt64>(repeating: 0)
    private(set) var total: UInt64 = 0

    mutating func add(_ reason: RefusalReason) {
        counts[Int(reason.rawValue)] &+= 1
        total &+= 1
    }

    mutating func add(_ other: ReasonCounts) {
        for place in counts.indices { counts[place] &+= other.counts[place] }
        total &+= other.total
    }

    /// Those that were counted, the commonest first.
    var byCount: [(reason: RefusalReason, count: UInt64)] {
        RefusalReason.allCases.map { ($0, counts[Int($0.rawValue)]) }
            .filter { $0.1 > 0 }
            .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
    }
}

extension Refusal {
    /// Whether it was given to a frame that only a device of ours can have made, and just now. What is
    /// refused before it is remembered may be a recording, and come again and again.
    var provesDevice: Bool {
        provesSender && reason != .replay && reason != .replayStale && !isForgotten
    }

    var isForgotten: Bool { detail.isOfRegistry || detail == .otherCertificate }

    /// Whether no honest device sends such a frame, as far as one can tell. A genuine frame shows
    /// that its sender has a key, unless it is a recording of another connection.
    var isOffence: Bool {
        switch (reason, detail) {
        case (.replay, .otherAddress): true
        case (.replay, _), (.replayStale, _): false
        // It was another's doing that nobody from this address is heard.
        case (.rateLimited, .sourceLimit): false
        default: !provesSender
        }
    }
}
