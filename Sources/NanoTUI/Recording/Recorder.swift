import Foundation
import Glibc
import NanoCore

/// Writes what a console sees to a file, a line a second, to be played again.
///
/// A line is there whole or not at all: what could not be written to its end is cut off again.
final class Recorder {
    private let path: String
    private let descriptor: CInt
    private let startedAt: UInt64
    private var lastSecond: Int64?
    private var size: off_t = 0
    private var hasEnded = false

    /// Makes the file, which only its owner may read.
    ///
    /// - Throws: ``ConsoleError``, also when there is such a file: nothing is written over.
    init(path: String, now milliseconds: UInt64) throws {
        self.path = path
        startedAt = milliseconds
        descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ConsoleError(description: "--record: \(path): \(reason)")
        }
    }

    deinit {
        fsync(descriptor)
        close(descriptor)
    }

    /// Takes note of a snapshot, at most once a second.
    ///
    /// - Parameter hasRows: Whether it has the rows of all views.
    /// - Returns: What went wrong, once, in a sentence; nothing is recorded from then on.
    func note(_ snapshot: Snapshot, hasRows: Bool, now milliseconds: UInt64) -> String? {
        guard !hasEnded else { return nil }
        let passed = Int64(milliseconds &- startedAt)
        if !hasRows, let lastSecond, passed / 1_000 <= lastSecond { return nil }
        do {
            if lastSecond == nil { try write(head(of: snapshot)) }
            lastSecond = passed / 1_000
            let moment = RecordingLine.Moment(
                milliseconds: passed, rows: hasRows,
                snapshot: hasRows ? snapshot : snapshot.withoutRows)
            try write(RecordingLine.encode(moment))
            return nil
        } catch {
            hasEnded = true
            ftruncate(descriptor, size)
            return "the recording \(path) has ended: \(error)"
        }
    }

    private func head(of snapshot: Snapshot) throws -> Data {
        try RecordingLine.encode(
            RecordingLine.Head(
                nanogridataRecording: RecordingLine.version, gateway: snapshot.gateway.name,
                version: snapshot.gateway.version,
                startedUnixMilliseconds: snapshot.gateway.unixMilliseconds))
    }

    private func write(_ line: Data) throws {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw ConsoleError(description: String(cString: strerror(errno)))
            }
            rest = rest.dropFirst(count)
        }
        size += off_t(line.count)
    }
}
