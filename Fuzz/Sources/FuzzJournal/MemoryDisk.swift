import Glibc
import NanoCore

@testable import NanoServe

/// A journal's files in memory. One thread uses it.
final class MemoryDisk: LogStorage, @unchecked Sendable {
    var files: [String: MemoryFile] = [:]
    let systemRun: String? = "1"

    func names() throws -> [String] { Array(files.keys) }

    func create(_ name: String, beginningWith bytes: [UInt8]) throws -> any LogFile {
        let file = MemoryFile(bytes)
        files[name] = file
        return file
    }

    func open(_ name: String) throws -> any LogFile {
        guard let file = files[name] else { throw StorageFault("open", name, code: ENOENT) }
        return file
    }

    func remove(_ name: String) throws { files[name] = nil }
    func replace(_ name: String, with bytes: [UInt8]) throws { files[name] = MemoryFile(bytes) }
    func renew(_ name: String, with bytes: [UInt8]) throws { files[name] = MemoryFile(bytes) }
    func giveBackRoom(of name: String) {}
    func freeBytes() throws -> Int { 1 << 40 }
}

final class MemoryFile: LogFile, @unchecked Sendable {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func size() throws -> Int { bytes.count }
    func sync() throws {}
    func truncate(to size: Int) throws { bytes.removeLast(max(0, bytes.count - size)) }

    func write(_ more: [UInt8], at offset: Int) throws {
        guard offset <= 1 << 30 else { throw StorageFault("write", "file", code: EFBIG) }
        bytes += [UInt8](repeating: 0, count: max(0, offset + more.count - bytes.count))
        bytes.replaceSubrange(offset..<offset + more.count, with: more)
    }

    func read(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.count <= 1 << 30 else {
            fatalError("bytes \(range) of a file of \(bytes.count)")
        }
        return Array(bytes[range.clamped(to: bytes.indices)])
    }
}

/// Makes checksums right, so that what lies behind them is reached.
enum Mending {
    private static let summaryBytes = 312

    static func summary(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= summaryBytes else { return bytes }
        var bytes = Array(bytes.prefix(summaryBytes))
        put(
            SipHash(key: (0, 0)).hash(bytes.span, 0..<summaryBytes - 8), into: &bytes,
            at: summaryBytes - 8)
        return bytes
    }

    static func log(_ file: [UInt8]) -> [UInt8] {
        guard file.count > 52 else { return file }
        var bytes = file
        let length = Int(bytes.integer(at: 8, UInt32.self))
        guard length >= 52, length <= bytes.count else { return bytes }
        put(SipHash(key: (0, 0)).hash(bytes.span, 0..<length - 8), into: &bytes, at: length - 8)
        let check = SipHash(key: (bytes.integer(at: 28), bytes.integer(at: 36)))
        var offset = length
        while offset + LogBlockHead.length <= bytes.count {
            let end = offset + LogBlockHead.length
            let records = end..<end + Int(bytes.integer(at: offset + 4, UInt32.self))
            if records.upperBound <= bytes.count {
                put(check.hash(bytes.span, records), into: &bytes, at: offset + 48)
            }
            put(check.hash(bytes.span, offset..<end - 8), into: &bytes, at: end - 8)
            offset = max(end, min(records.upperBound, bytes.count))
        }
        return bytes
    }

    private static func put(_ value: UInt64, into bytes: inout [UInt8], at offset: Int) {
        for place in 0..<8 {
            bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(place * 8))
        }
    }
}
