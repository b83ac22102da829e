/// The ledger of one event loop: each verdict moves exactly one of these numbers.
///
/// Everything is allocated once; counting allocates nothing.
public struct IntakeCounters: Sendable {
    /// Bytes read from devices.
    public internal(set) var bytes: UInt64 = 0
    public private(set) var accepted: UInt64 = 0
    /// By ``RefusalReason/rawValue``.
    public private(set) var refusedByReason: [UInt64]
    /// Of those refused as replays, the ones that came again from where they came first.
    public private(set) var retransmitted: UInt64 = 0
    /// For each model id, ``stride`` numbers: accepted, refused by reason, retransmitted.
    private var cells: [UInt64]

    private static let stride = 2 + RefusalReason.allCases.count

    init() {
        refusedByReason = [UInt64](repeating: 0, count: RefusalReason.allCases.count)
        cells = [UInt64](repeating: 0, count: 256 * Self.stride)
    }

    /// Verdicts of both kinds.
    public var received: UInt64 { refusedByReason.reduce(accepted, &+) }

    /// Accepted packets of one model.
    public func accepted(of model: ModelID) -> UInt64 {
        cells[Int(model.rawValue) * Self.stride]
    }

    /// Refused frames of one model, by ``RefusalReason/rawValue``; faults in framing have no model.
    public func refused(of model: ModelID) -> ArraySlice<UInt64> {
        let start = Int(model.rawValue) * Self.stride
        return cells[start + 1..<start + Self.stride - 1]
    }

    /// Retransmissions of one model, which are among its replays.
    public func retransmitted(of model: ModelID) -> UInt64 {
        cells[Int(model.rawValue) * Self.stride + Self.stride - 1]
    }

    /// Whether there was a verdict on a frame of this model.
    public func hasCounted(_ model: ModelID) -> Bool {
        accepted(of: model) > 0 || refused(of: model).contains { $0 > 0 }
    }

    @inline(__always)
    mutating func countAccepted(_ model: ModelID) {
        accepted &+= 1
        cells[Int(model.rawValue) &* Self.stride] &+= 1
    }

    @inline(__always)
    mutating func countRetransmitted(_ model: ModelID) {
        retransmitted &+= 1
        cells[Int(model.rawValue) &* Self.stride &+ Self.stride &- 1] &+= 1
    }

    @inline(__always)
    mutating func count(_ reason: RefusalReason, _ model: ModelID?) {
        refusedByReason[Int(reason.rawValue)] &+= 1
        guard let model else { return }
        cells[Int(model.rawValue) &* Self.stride &+ 1 &+ Int(reason.rawValue)] &+= 1
    }
}
