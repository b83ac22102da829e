import NanoCore
import Synchronization

/// Examines failed MACs for the operator, at most so many a second and off the event loops.
final class DiagnosisDesk: Sendable {
    private struct State {
        /// By record; an empty text says that nothing was found.
        var findings: [UInt64: String] = [:]
        var order: [UInt64] = []
    }

    private let state = Mutex(State())
    private let keys: any KeySource

    private static let examinationsAtOnce = 25
    private static let remembered = 2_048

    init(keys: any KeySource) {
        self.keys = keys
    }

    /// Examines the newest rejections that have not been yet; to be called four times a second.
    func examine(_ rejections: [PacketRecord], now: Moment) {
        let candidates = rejections.filter { $0.refusal?.reason == .macMismatch }
        let open = state.withLock { state in
            candidates.filter { state.findings[$0.id] == nil }
        }.suffix(Self.examinationsAtOnce)
        guard !open.isEmpty else { return }
        let valid = keys.keyTable(now: now)
        let retired = keys.retiredKeys(now: now)
        for record in open {
            let finding = MACDiagnosis.examine(frame: record.bytes, valid: valid, retired: retired)
            state.withLock { state in
                state.findings[record.id] = finding ?? ""
                state.order.append(record.id)
                guard state.order.count > Self.remembered else { return }
                state.findings[state.order.removeFirst()] = nil
            }
        }
    }

    /// Adds what is known to the records.
    func annotate(_ records: inout [PacketRecord]) {
        state.withLock { state in
            for index in records.indices {
                let finding = state.findings[records[index].id]
                records[index].diagnosis = finding.flatMap { $0.isEmpty ? nil : $0 }
            }
        }
    }
}
