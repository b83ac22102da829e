import Glibc
import NanoCore

/// How a run of a hook ended.
enum HookEnding: Equatable, Sendable {
    case exited(code: Int32)
    case signaled(Int32)
    /// It had not ended in time, or was told to.
    case overdue
    case notStarted(reason: String)
}

/// What goes into a hook, and what its end means (`docs/protocol.md`, "Hooks").
enum HookWire {
    /// Appends what the program reads: one event, or an array of them, and a line's end.
    static func appendInput(of batch: DeliveryBatch, asArray: Bool, into input: inout [UInt8]) {
        HTTPWire.appendBody(of: batch, asArray: asArray, withIDs: true, into: &input)
        input.append(UInt8(ascii: "\n"))
    }

    /// What an end means for every event of the run.
    static func outcome(_ ending: HookEnding) -> DeliveryOutcome {
        switch ending {
        case .exited(code: 0): .delivered
        case .exited(code: EX_TEMPFAIL): .retry
        case .exited: .deadLetter
        case .signaled, .overdue, .notStarted: .retry
        }
    }

    /// An end in a few words; empty for success.
    static func describe(_ ending: HookEnding, timeoutMilliseconds: Int) -> String {
        switch ending {
        case .exited(code: 0): ""
        case .exited(let code): "exit code \(code)"
        case .signaled(let number):
            "ended by signal \(number)"
                + (strsignal(number).map { " (\(String(cString: $0)))" } ?? "")
        case .overdue: "timeout after \(timeoutMilliseconds) ms"
        case .notStarted(let reason): "cannot be started: \(reason)"
        }
    }
}
