import Foundation
import Glibc

/// Where in a recording which moment is. The moments themselves stay in the file.
struct RecordingIndex: Sendable {
    struct Entry: Sendable {
        /// Since the recording began.
        let milliseconds: Int64
        let offset: Int
        let length: Int
    }

    /// Bytes of the longest line that is read: a moment of a gateway with all devices it can know.
    private static let longestLine = 256 << 20

    let head: RecordingLine.Head
    /// In the order of time.
    let entries: [Entry]
    /// Bytes of an unfinished last line, which is left out.
    let cutBytes: Int

    /// Reads a recording through once.
    ///
    /// - Throws: ``ConsoleError`` that names the line and the byte.
    init(_ file: RecordingFile) throws {
        var entries: [Entry] = []
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
                    guard let time = Self.time(of: line), time >= entries.last?.milliseconds ?? 0
                    else { throw fault("this is no moment, or one before the last") }
                    entries.append(
                        Entry(milliseconds: time, offset: offset, length: line.count))
                }
                offset += line.count + 1
                pending = Data(pending[(end + 1)...])
            }
        }
        number += 1
        guard let head else { throw fault("this is no recording of a console") }
        guard !entries.isEmpty else { throw fault("nothing was recorded") }
        (self.head, self.entries, cutBytes) = (head, entries, pending.count)
    }

    private static func time(of line: Data) -> Int64? {
        let start = Array(RecordingLine.momentStart.utf8)
        guard line.starts(with: start) else { return nil }
        let digits = line.dropFirst(start.count).prefix { $0 != UInt8(ascii: ",") }.prefix(20)
        return Int64(String(decoding: digits, as: UTF8.self))
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
