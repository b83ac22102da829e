import ArgumentParser
import Foundation
import NanoCore

/// The time to judge at, as an argument.
enum JudgementTime: Equatable {
    case seconds(Int64)
    /// When each packet was captured.
    case packet

    /// The end of the year 9999.
    private static let lastSecond: Int64 = 253_402_300_799

    /// - Throws: ``Limited/Fault`` that says what is allowed.
    init(argument: String) throws {
        guard argument != "packet" else {
            self = .packet
            return
        }
        guard let seconds = Int64(argument), (0...Self.lastSecond).contains(seconds) else {
            throw Limited.Fault(
                description: "use packet, or a whole number, 0…\(Self.lastSecond)")
        }
        self = .seconds(seconds)
    }
}

/// The time of judgement: the machine's, that of a packet, or one that stands still.
struct JudgementClock {
    private let time: JudgementTime?
    private let start = ContinuousClock.now
    /// Of the first packet, and the latest of all so far, in nanoseconds since 1970.
    private var packets: ClosedRange<Int64>?

    init(_ time: JudgementTime?) {
        self.time = time
    }

    /// - Parameters:
    ///   - packet: Nanoseconds since 1970 at which the packet was captured, if that is known.
    ///   - isPreferred: Whether that time is taken where nothing else was asked for.
    mutating func now(packet: Int64? = nil, isPreferred: Bool = false) -> Moment {
        switch time {
        case .seconds(let seconds):
            return Moment(unixMilliseconds: seconds * 1_000, monotonicNanoseconds: 0)
        case .packet: return captured(packet) ?? machine
        case nil: return (isPreferred ? captured(packet) : nil) ?? machine
        }
    }

    /// A packet without a time counts as the latest one. What limits and memories go by never steps
    /// back, as packets in a capture may.
    private mutating func captured(_ packet: Int64?) -> Moment? {
        guard let time = packet ?? packets?.upperBound else { return nil }
        let first = packets?.lowerBound ?? time
        let latest = max(packets?.upperBound ?? time, time)
        packets = first...latest
        let (elapsed, _) = latest.subtractingReportingOverflow(first)
        return Moment(
            unixMilliseconds: time / 1_000_000, monotonicNanoseconds: UInt64(max(0, elapsed)))
    }

    private var machine: Moment {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: UInt64(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }
}
