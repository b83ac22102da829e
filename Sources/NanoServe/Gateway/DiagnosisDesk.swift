import NanoCore
import Synchronization

/// Examines refused frames for the operator, at most so many a second and off the event loops.
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
    /// - Parameter accepted: The newest accepted packets; asked for where they could tell something.
    /// - Returns: Whether that were all of them.
    func examine(
        _ rejections: [PacketRecord], accepted: () -> [PacketRecord], now: Moment
    ) -> Bool {
        let candidates = rejections.filter { $0.isExaminable }
        let shown = Set(candidates.map(\.id))
        let unexamined = findings.withLock { findings in
            findings = findings.filter { shown.contains($0.key) }
            return candidates.filter { findings[$0.id] == nil }
        }
        let signed = unexamined.filter { $0.isOfKeys }
        let open = signed.suffix(Self.examinationsAtOnce) + unexamined.filter { !$0.isOfKeys }
        guard !open.isEmpty else { return true }
        let valid = keys.keyTable(now: now)
        let retired = keys.retiredKeys(now: now)
        let copies =
            open.contains { $0.refusal?.reason == .replay } ? Self.byFrame(accepted()) : [:]
        for record in open {
            let finding =
                record.isOfKeys
                ? MACDiagnosis.examine(
                    frame: record.bytes, valid: valid, retired: retired, at: record.unixMilliseconds
                )
                : RefusalDiagnosis.clock(record)
                    ?? RefusalDiagnosis.copy(record, of: copies[record.bytes])
            findings.withLock { $0[record.id] = finding ?? "" }
        }
        return open.count == unexamined.count
    }

    private static func byFrame(_ records: [PacketRecord]) -> [[UInt8]: PacketRecord] {
        Dictionary(records.map { ($0.bytes, $0) }) { first, _ in first }
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

extension PacketRecord {
    /// Whether it takes hashing to find out more.
    fileprivate var isOfKeys: Bool {
        [.macMismatch, .securityTooLow].contains(refusal?.reason)
    }

    fileprivate var isExaminable: Bool {
        isOfKeys || refusal?.reason == .replay || refusal?.reason.stage == .time
    }
}
