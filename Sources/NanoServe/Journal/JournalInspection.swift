import Foundation
import NanoCore

/// Looks into a journal without changing anything, also while a gateway works with it.
public struct JournalInspection {
    /// Why there is nothing to look into.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    private let log: SegmentLog
    private let cursors: SavedCursors?
    private let hasDamagedCursors: Bool
    private let stateFolder: String
    private let path: String

    /// - Parameter stateFolder: The folder that the journal is in.
    /// - Throws: ``Fault``, one line for the operator.
    public init(stateFolder: String) throws {
        self.stateFolder = stateFolder
        path = stateFolder + "/journal"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Fault(
                description: "there is no journal in \(stateFolder); name the state folder of a "
                    + "gateway")
        }
        do {
            let storage = try FolderStorage(path: path)
            let found = try CursorFile(storage).read()
            (cursors, hasDamagedCursors) = (found.saved, found.isDamaged)
            log = try SegmentLog(storage, KnownEnd(cursors, systemRun: storage.systemRun))
        } catch {
            throw Fault(description: "the journal in \(stateFolder): \(error)")
        }
    }

    private var damagedCursors: String {
        "\(CursorFile.name): it is damaged, so everything in the journal is delivered again"
    }

    /// Files, what they hold, and what waits for each destination: a line each.
    public func summary() throws -> [String] {
        var lines = ["journal  \(SafeText.escaped(path))  \(log.bytes) bytes"]
        for segment in log.segments {
            let summary = segment.summary
            lines.append(
                "\(SegmentName.log(segment.number))  \(summary.size) bytes  "
                    + "blocks \(summary.firstBlock)…\(summary.lastBlock)  "
                    + "\(summary.records) packets  begun "
                    + Timestamp.iso8601(segment.head.unixMilliseconds))
        }
        for name in log.unreadable { lines.append("\(name)  cannot be read") }
        if hasDamagedCursors { lines.append(damagedCursors) }
        let names = Set(log.segments.flatMap(\.head.routes)).sorted()
        let survey = try CursorSurvey(log, saved: cursors, routes: names)
        for (name, ledger) in zip(names, survey.ledgers) {
            let place = ledger.saved(isIdle: false).position
            lines.append(
                "route \(SafeText.escaped(name))  \(ledger.waiting) packets wait, from file "
                    + "\(place.segment) byte \(place.offset)")
        }
        lines += try lost()
        let guarded = cursors.map { "\($0.guardedBlock)" } ?? "unknown"
        lines.append("replay memory saved up to block \(guarded)")
        return lines
    }

    /// What waited and is in no file any more, a line for each destination. Beside a gateway nobody can tell:
    /// it may have given something up since the cursors were read.
    private func lost() throws -> [String] {
        guard StateFolder.whileFree(stateFolder, {}),
            try CursorFile(log.storage).read().saved == cursors
        else { return [] }
        let names = (cursors?.routes.keys).map { $0.sorted() } ?? []
        let survey = try CursorSurvey(log, saved: cursors, routes: names)
        return zip(names, survey.lost).compactMap { name, lost in
            guard let lost, lost > 0 else { return nil }
            return
                "route \(SafeText.escaped(name))  \(PlainWords.count(lost, "packet")) that waited "
                + "\(lost == 1 ? "is" : "are") in no file any more"
        }
    }

    /// Reads everything and compares its checksums.
    ///
    /// - Returns: Blocks and packets that are whole, and a line for each damage.
    public func verify() throws -> (blocks: Int, packets: UInt64, damages: [String]) {
        var (blocks, packets, damages) = (0, UInt64(0), [String]())
        if hasDamagedCursors { damages.append(damagedCursors) }
        for name in log.unreadable {
            damages.append("\(name): the beginning is damaged, so that nothing can be read")
        }
        var last: UInt64?
        for segment in log.segments {
            let name = SegmentName.log(segment.number)
            guard var walker = try log.walker(segment) else { continue }
            while let step = try walker.next() {
                switch step {
                case .damage(let range, _), .torn(let range, _):
                    damages.append(
                        "\(name): bytes \(range.lowerBound)…\(range.upperBound - 1) are no whole "
                            + "block")
                case .block(let block):
                    let number = block.head.number
                    if let last, number > last, number - last > 1 {
                        damages.append("\(name): blocks \(last + 1)…\(number - 1) are missing")
                    }
                    last = number
                    blocks += 1
                    packets += UInt64(block.head.records)
                }
            }
        }
        let missing = log.missing(atEnd: cursors)
        if missing > 0 {
            damages.append(
                "\(PlainWords.count(missing, "block")) of those that were committed last "
                    + "\(missing == 1 ? "is" : "are") missing")
        }
        return (blocks, packets, damages + (try lost()))
    }

    /// Names of all destinations that packets in it are for, or were.
    public var routes: [String] { Set(log.segments.flatMap(\.head.routes)).sorted() }

    /// Hands out every packet that is still there with its frame, as a line of JSON.
    ///
    /// - Parameter route: Only those that this destination has, or had, to settle; nil for all.
    public func export(route: String?, _ line: (String) throws -> Void) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for segment in log.segments {
            guard var walker = try log.walker(segment) else { continue }
            while let step = try walker.next() {
                guard case .block(let block) = step else { continue }
                var offset = 0
                while let record = block.record(at: offset) {
                    offset = record.end
                    let routes = segment.head.routes.enumerated().filter {
                        record.routes & 1 << UInt32($0.offset) != 0
                    }.map(\.element)
                    guard !record.frame.isEmpty, route.map(routes.contains) ?? true else {
                        continue
                    }
                    let age = block.head.monotonicNanoseconds &- record.receivedMonotonicNanoseconds
                    let bytes = block.bytes
                    let bounds = FrameBounds(packet: record.frame, in: bytes.span)
                    let end = bounds?.end ?? record.frame.upperBound
                    let plain = Hexadecimal.text(bytes[end..<record.frame.upperBound])
                    let packet = ExportedPacket(
                        block: block.head.number,
                        received: Timestamp.iso8601(
                            block.head.unixMilliseconds &- Int64(clamping: age / 1_000_000)),
                        model: "\(record.model)", timestamp: record.timestamp, routes: routes,
                        frame: Hexadecimal.text(bytes[record.frame.lowerBound..<end]),
                        opened: plain.isEmpty ? nil : plain)
                    try line(String(decoding: encoder.encode(packet), as: UTF8.self))
                }
            }
        }
    }
}

/// A packet of the journal, for other programs.
private struct ExportedPacket: Encodable {
    var block: UInt64
    var received: String
    var model: String
    /// Unix seconds, from the frame.
    var timestamp: UInt32
    var routes: [String]
    /// The frame, in hexadecimal digits.
    var frame: String
    /// What its payload was before it was encrypted, in hexadecimal digits; nil for one that was not.
    var opened: String?
}
