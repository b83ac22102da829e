import Foundation
public import NanoCore
import Synchronization

/// A gateway out of a recording: it is looked at as the one that was recorded, and steered by nobody.
public final class RecordedGateway: GatewayPort {
    private struct Playing {
        /// The moment that was read last, by its place.
        var moment: (index: Int, snapshot: Snapshot)?
        /// The newest moment with rows among those before it.
        var rows: (index: Int, snapshot: Snapshot)?
        var fault = ""
        /// Lines that were found to be no moments when they were to be shown, by their places.
        var faults: [Int: RecordingIndex.Fault] = [:]
    }

    private let file: RecordingFile
    private let index: RecordingIndex
    private let speed: Double
    private let clock: @Sendable () -> UInt64
    private let startedAt: UInt64
    private let playing = Mutex(Playing())

    /// Opens a recording, which begins to play.
    ///
    /// - Parameters:
    ///   - speed: Recorded seconds a second.
    ///   - clock: Monotonic milliseconds.
    /// - Throws: ``ConsoleError`` that names what is wrong with the file, and where.
    public init(
        path: String, speed: Double, clock: @escaping @Sendable () -> UInt64
    ) throws {
        file = try RecordingFile(path: path)
        index = try RecordingIndex(file)
        self.speed = speed
        self.clock = clock
        startedAt = clock()
    }

    /// What is played, in a sentence.
    public var sentence: String {
        let last = index.entries.last?.milliseconds ?? 0
        let cut = index.cutBytes > 0 ? "; its last line is cut off and left out" : ""
        return "plays \(Numbers.duration(Double(last) / 1_000)) of "
            + "\(SafeText.escaped(index.head.gateway))\(cut)"
            + (Self.words(of: index.faults).map { "; \($0)" } ?? "")
    }

    /// Lines that one sentence names.
    private static let mostNamed = 3

    /// `2 lines are left out: line 7 (byte 1234): …`; nil where none is.
    private static func words(of faults: [RecordingIndex.Fault]) -> String? {
        guard !faults.isEmpty else { return nil }
        let count = Numbers.counted(UInt64(faults.count), "line")
        let named = faults.sorted { $0.line < $1.line }.prefix(mostNamed).map(\.sentence)
        let rest = faults.count - named.count
        return "\(count) \(faults.count == 1 ? "is" : "are") left out: "
            + named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    public func snapshot(_ parts: SnapshotParts) -> Snapshot {
        let passed = Double(clock() &- startedAt) * speed
        let place = index.entries.lastIndex { Double($0.milliseconds) <= passed } ?? 0
        return playing.withLock { playing in
            advance(&playing, to: place)
            var snapshot = playing.moment?.snapshot ?? Snapshot()
            if let rows = playing.rows { snapshot.fill(Rewind.rows, from: rows.snapshot) }
            tellFaults(playing, in: &snapshot)
            let last = Double(index.entries.last?.milliseconds ?? 0)
            if !playing.fault.isEmpty {
                Self.end(&snapshot, .critical, playing.fault)
            } else if passed > last {
                let words =
                    index.cutBytes > 0 ? "is cut off here; what came next is lost" : "ends here"
                Self.end(&snapshot, .notice, "the recording \(words); < goes back in it")
            }
            return snapshot
        }
    }

    /// Says which lines of the recording are not shown.
    private func tellFaults(_ playing: Playing, in snapshot: inout Snapshot) {
        let faults = index.faults + playing.faults.values
        guard let words = Self.words(of: faults) else { return }
        snapshot.alarms.insert(
            AlarmSnapshot(
                id: "recording/faults", severity: .warning,
                unixMilliseconds: index.head.startedUnixMilliseconds, title: "recording",
                text: "\(words); look at \(SafeText.escaped(file.path))"), at: 0)
    }

    /// Says why nothing changes any more.
    private static func end(
        _ snapshot: inout Snapshot, _ severity: AlarmSnapshot.Severity, _ sentence: String
    ) {
        snapshot.gateway.state = .unreachable
        snapshot.gateway.stateReason = sentence
        snapshot.alarms.insert(
            AlarmSnapshot(
                id: ConsoleModel.endOfRecordingID, severity: severity,
                unixMilliseconds: snapshot.gateway.unixMilliseconds, title: "recording",
                text: sentence), at: 0)
    }

    public func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        completion(.failed("this is a recording; nothing can be changed in it"))
    }

    /// Reads the moment at a place, and the rows that belong to it.
    private func advance(_ playing: inout Playing, to place: Int) {
        guard playing.moment?.index != place, playing.fault.isEmpty else { return }
        do {
            let first = (playing.moment?.index ?? -1) + 1
            // Moments that are skipped may have rows; the newest of them are wanted.
            var isSeeking = true
            for index in (first...max(first, place)).reversed() where playing.rows?.index != index {
                guard let moment = try moment(at: index, &playing) else { continue }
                // Where it cannot be read, the one before it.
                if isSeeking { playing.moment = (index, moment.snapshot) }
                isSeeking = false
                if moment.rows {
                    playing.rows = (index, moment.snapshot)
                    break
                }
            }
            if isSeeking, let shown = playing.moment { playing.moment = (place, shown.snapshot) }
        } catch {
            playing.fault = "\(error)"
        }
    }

    /// - Returns: Nil where it is no moment, which is noted.
    private func moment(at place: Int, _ playing: inout Playing) throws -> RecordingLine.Moment? {
        guard playing.faults[place] == nil else { return nil }
        let entry = index.entries[place]
        var line = Data()
        while line.count < entry.length,
            let more = try file.read(
                at: entry.offset + line.count, count: entry.length - line.count)
        { line.append(more) }
        do {
            return try RecordingLine.decode(RecordingLine.Moment.self, from: line)
        } catch {
            let fault = RecordingIndex.Fault(
                line: entry.line, offset: entry.offset, words: "no snapshot of this version")
            playing.faults[place] = fault
            if playing.faults.count == index.entries.count {
                throw ConsoleError(
                    description: "\(file.path):\(fault.line): byte \(fault.offset): \(fault.words)")
            }
            return nil
        }
    }
}
