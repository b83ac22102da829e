import Foundation
import Glibc

/// Where in a recording which moment is. The moments themselves stay in the file.
struct RecordingIndex: Sendable {
    struct Entry: Sendable {
        /// Since the recording began.
        let milliseconds: Int64
        let offset: Int
        let length: Int
        /// Its number in the file.
        let line: Int
    }

    /// A line that is left out, and why.
    struct Fault: Sendable {
        let line: Int
        let offset: Int
        let words: String

        var sentence: String { "line \(line) (byte \(offset)): \(words)" }
    }

    /// Bytes of the longest line that is read: a moment of a gateway with all devices it can know.
    private static let longestLine = 256 << 20

    let head: RecordingLine.Head
    /// In the order of time.
    let entries: [Entry]
    /// Bytes of an unfinished last line, which is left out.
    let cutBytes: Int
    /// Lines between those of moments that are none.
    let faults: [Fault]

    /// Reads a recording through once.
    ///
    /// - Throws: ``ConsoleError`` that names the line and the byte, where nothing of it can be played.
    init(_ file: RecordingFile) throws {
        var places = RecordingPlaces()
        var head: RecordingLine.Head?
        var (offset, number) = (0, 0)
        var pending = Data()
        func fault(_ words: String) -> ConsoleError {
            ConsoleError(description: "\(file.path):\(number): byte \(offset): \(words)")
        }
        while let chunk = try file.read(at: offset + pending.count, count: 1 << 20) {
            pending.append(chunk)
            guard pending.count <= Self.longestLine else {
                number += 1
                throw fault("no line is that long")
            }
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending[pending.startIndex..<end]
                number += 1
                if head == nil {
                    head = try? RecordingLine.decode(RecordingLine.Head.self, from: Data(line))
                    guard let head else { throw fault("this is no recording of a console") }
                    guard head.nanogridataRecording <= RecordingLine.version else {
                        throw fault(
                            "version \(head.nanogridataRecording) is newer than this program")
                    }
                } else {
                    places.note(Self.time(of: line), offset, line.count, number: number)
                }
                offset += line.count + 1
                pending = Data(pending[(end + 1)...])
            }
        }
        number += 1
        guard let head else { throw fault("this is no recording of a console") }
        guard !places.entries.isEmpty else {
            guard let first = places.faults.first else { throw fault("nothing was recorded") }
            (number, offset) = (first.line, first.offset)
            throw fault(first.words)
        }
        (self.head, cutBytes) = (head, pending.count)
        (entries, faults) = (places.entries, places.faults)
    }

    private static func time(of line: Data) -> Int64? {
        let start = Array(RecordingLine.momentStart.utf8)
        guard line.starts(with: start) else { return nil }
        let digits = line.dropFirst(start.count).prefix { $0 != UInt8(ascii: ",") }.prefix(20)
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}

/// The moments of a recording as they are found, and what is none.
private struct RecordingPlaces {
    var entries: [RecordingIndex.Entry] = []
    var faults: [RecordingIndex.Fault] = []

    /// Takes note of a line behind the head.
    ///
    /// - Parameter time: Of its moment; nil where it does not begin as one.
    mutating func note(_ time: Int64?, _ offset: Int, _ length: Int, number: Int) {
        guard let time, time >= 0 else {
            return leaveOut(number, offset, "this is no moment of a recording")
        }
        let words = "its time is not between those of the lines beside it"
        if let last = entries.last, time < last.milliseconds {
            // A single time that is far ahead must not cost all that follows.
            let before = entries.dropLast().last?.milliseconds ?? 0
            guard time >= before else { return leaveOut(number, offset, words) }
            entries.removeLast()
            leaveOut(last.line, last.offset, words)
        }
        entries.append(
            RecordingIndex.Entry(
                milliseconds: time, offset: offset, length: length, line: number))
    }

    private mutating func leaveOut(_ line: Int, _ offset: Int, _ words: String) {
        faults.append(RecordingIndex.Fault(line: line, offset: offset, words: words))
    }
}

/// A recording that is open for reading.
final class RecordingFile: Sendable {
    let path: String
    private let descriptor: CInt

    /// - Throws: ``ConsoleError``.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.fault(path) }
    }

    deinit {
        close(descriptor)
    }

    /// At most so many bytes; nil at the end.
    ///
    /// - Throws: ``ConsoleError``.
    func read(at offset: Int, count: Int) throws -> Data? {
        var bytes = Data(count: count)
        var got = -1
        repeat {
            got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, count, off_t(offset))
            }
        } while got < 0 && errno == EINTR
        guard got >= 0 else { throw Self.fault(path) }
        return got == 0 ? nil : bytes.prefix(got)
    }

    private static func fault(_ path: String) -> ConsoleError {
        ConsoleError(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
