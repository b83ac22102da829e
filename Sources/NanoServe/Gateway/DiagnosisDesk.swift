import NanoCore
import Synchronization

/// Examines failed MACs for the operator, at most so many a second and off the event loops.
final class DiagnosisDesk: Sendable {
    /// By record, of those that are still shown; an empty text says that nothing was found.
    private let findings = Mutex<[UInt64: String]>([:])
    private let keys: any KeySource

    private static let examinationsAtOnce = 25

    init(keys: any KeySource) {
        self.keys = keys
    }

    /// Examines the newest rejections that have not been yet; to be called four times a second.
    ///
    /// - Returns: Whether that were all of them.
    func examine(_ rejections: [PacketRecord], now: Moment) -> Bool {
        let candidates = rejections.filter { $0.refusal?.reason == .macMismatch }
        let shown = Set(candidates.map(\.id))
        let unexamined = findings.withLock { findings in
            findings = findings.filter { shown.contains($0.key) }
            return candidates.filter { findings[$0.id] == nil }
        }
        let open = unexamined.suffix(Self.examinationsAtOnce)
        guard !open.isEmpty else { return true }
        let valid = keys.keyTable(now: now)
        let retired = keys.retiredKeys(now: now)
        for record in open {
            let finding = MACDiagnosis.examine(frame: record.bytes, valid: valid, retired: retired)
            findings.withLock { $0[record.id] = finding ?? "" }
        }
        return open.count == unexamined.count
    }

    /// Adds what is known to the records.
    func annotate(_ records: inout [PacketRecord]) {
        findings.withLock { findings in
            for index in records.indices {
                let finding = findings[records[index].id]
                records[index].diagnosis = finding.flatMap { $0.isEmpty ? nil : $0 }
            }
        }
    }
}
