import NanoCore

/// What is held against one connection, and what follows from it.
///
/// One that lately brought a genuine frame is left alone, whatever else comes on it: many devices may
/// share it. Nothing is lost by a pause, since what was sent waits with the system.
struct ConnectionWatch {
    enum Step: Equatable {
        case goOn
        /// Read nothing for a while.
        case pause(nanoseconds: UInt64)
        case close
    }

    private let offenders: Offenders
    /// Nil where it is not known whose connection it is.
    let address: IPAddress?
    /// Monotonic nanoseconds, as all times here.
    let openedAt: UInt64
    private var genuineAt: UInt64?
    private var vouchedAt: UInt64?
    /// Whether it came for something, though nobody wanted to hear it.
    private var wasUnheard = false
    private var refused = MinuteCount()
    private var pauses = 0

    /// How long a genuine frame exempts the connection.
    private static let exemptNanoseconds: UInt64 = 60_000_000_000
    private static let firstPause: UInt64 = 50_000_000
    private static let longestPause: UInt64 = 5_000_000_000

    init(_ offenders: Offenders, of visitor: Visitor, now: UInt64) {
        self.offenders = offenders
        address = visitor.standing == .device ? visitor.address : nil
        openedAt = now
    }

    /// Takes in what a read has brought.
    mutating func note(_ counts: ReadCounts, now: UInt64) -> Step {
        guard let address else { return .goOn }
        if counts.genuine > 0 {
            genuineAt = now
            pauses = 0
            vouch(for: address, now)
        }
        if counts.unheard > 0 { wasUnheard = true }
        guard counts.offences.total > 0, !isExempt(now) else { return .goOn }
        refused.add(counts.offences.total, now: now)
        let moment = Moment(
            unixMilliseconds: Moment.now.unixMilliseconds, monotonicNanoseconds: now)
        let stage = offenders.note(counts.offences, from: address, now: moment)
        let rules = offenders.rules
        let isBlocked = stage == .blocked || refused.value(now: now) >= rules.blockAfter
        if rules.action == .block, isBlocked { return .close }
        guard rules.action != .watch, stage == .offending else { return .goOn }
        pauses = min(pauses + 1, 8)
        return .pause(nanoseconds: min(Self.firstPause << UInt64(pauses - 1), Self.longestPause))
    }

    /// Takes in that the connection has ended.
    func end(now: Moment) {
        guard let address, genuineAt == nil, !wasUnheard else { return }
        offenders.noteFruitless(address, now: now)
    }

    /// Whether it has to be closed, since its source was blocked after it had come in.
    func isToBeClosed(now: UInt64) -> Bool {
        address.map { offenders.closes($0, openedAt: openedAt, now: now) } ?? false
    }

    private func isExempt(_ now: UInt64) -> Bool {
        genuineAt.map { now &- $0 < Self.exemptNanoseconds } ?? false
    }

    private mutating func vouch(for address: IPAddress, _ now: UInt64) {
        if let vouchedAt, now &- vouchedAt < Self.exemptNanoseconds { return }
        vouchedAt = now
        offenders.vouch(for: address, now: now)
    }
}
