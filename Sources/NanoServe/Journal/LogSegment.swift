import NanoCore

/// What stands at the beginning of each file of the journal.
struct SegmentHead: Equatable, Sendable {
    static let version: UInt16 = 1
    private static let magic: UInt32 = 0x4C4A_474E  // "NGJL"
    private static let fixedLength = 44
    /// Bytes that a head takes at most: 32 destinations with names of 255 bytes.
    static let maximumLength = 16_384

    var number: UInt64
    var unixMilliseconds: Int64
    /// The key of the replay guard's hashes and of this file's checksums.
    var hashKey: (UInt64, UInt64)
    /// The destinations that a record's bits stand for.
    var routes: [String]

    static func == (left: SegmentHead, right: SegmentHead) -> Bool {
        left.encoded == right.encoded
    }

    var check: SipHash { SipHash(key: hashKey) }

    /// The bit of a destination; nil when the file knows none of that name.
    func bit(of route: String) -> Int? { routes.firstIndex(of: route) }

    var encoded: [UInt8] {
        var names: [UInt8] = []
        for route in routes {
            names.append(UInt8(truncatingIfNeeded: route.utf8.count))
            names += route.utf8.prefix(Int(UInt8.max))
        }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: UInt16(routes.count))
        bytes.append(littleEndian: UInt32(Self.fixedLength + names.count + 8))
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: UInt64(bitPattern: unixMilliseconds))
        bytes.append(littleEndian: hashKey.0)
        bytes.append(littleEndian: hashKey.1)
        bytes += names
        bytes.append(littleEndian: SipHash(key: (0, 0)).hash(bytes.span, 0..<bytes.count))
        return bytes
    }

    /// Reads a head.
    ///
    /// - Throws: ``JournalFault`` when a newer gateway wrote the file.
    /// - Returns: Nil when it is damaged.
    static func read(_ bytes: [UInt8], file: String) throws -> SegmentHead? {
        guard bytes.count > fixedLength, bytes.integer(at: 0, UInt32.self) == magic else {
            return nil
        }
        let length = Int(bytes.integer(at: 8, UInt32.self))
        guard length > fixedLength, length <= bytes.count,
            bytes.integer(at: length - 8, UInt64.self)
                == SipHash(key: (0, 0)).hash(bytes.span, 0..<length - 8)
        else { return nil }
        // Length and checksum have their places in every version: a newer file is none that is
        // damaged, and the other way round.
        let version: UInt16 = bytes.integer(at: 4)
        guard version <= Self.version else {
            throw JournalFault.newerVersion(
                file: file, found: version, known: SegmentHead.version)
        }
        var head = SegmentHead(
            number: bytes.integer(at: 12),
            unixMilliseconds: Int64(bitPattern: bytes.integer(at: 20)),
            hashKey: (bytes.integer(at: 28), bytes.integer(at: 36)), routes: [])
        var offset = fixedLength
        for _ in 0..<bytes.integer(at: 6, UInt16.self) {
            let end = offset + 1 + Int(bytes[offset])
            guard end <= length - 8 else { return nil }
            head.routes.append(String(decoding: bytes[offset + 1..<end], as: UTF8.self))
            offset = end
        }
        return head
    }
}

/// What a whole file of the journal holds, kept beside it so that a start need not read the file.
struct SegmentSummary: Equatable, Sendable {
    private static let magic: UInt32 = 0x534A_474E  // "NGJS"
    private static let length = 4 + 4 + 8 * 5 + 32 * 8 + 8
    /// Nobody has written more to a file.
    private static let mostRecords: UInt64 = 1 << 40

    /// Bytes up to the end of the last block.
    var size: Int
    /// Numbers of the first block and the last; 0 when there is none.
    var firstBlock: UInt64 = 0
    var lastBlock: UInt64 = 0
    var records: UInt64 = 0
    /// The newest timestamp of a frame, Unix seconds.
    var newestTimestamp: UInt32 = 0
    /// Records of each destination, by its bit.
    var counts = [UInt64](repeating: 0, count: 32)

    init(size: Int) {
        self.size = size
    }

    /// Adds a block at the end.
    mutating func add(_ head: LogBlockHead, counts more: [UInt64], end: Int) {
        size = end
        if firstBlock == 0 { firstBlock = head.number }
        lastBlock = head.number
        records += UInt64(head.records)
        newestTimestamp = max(newestTimestamp, head.newestTimestamp)
        for (bit, count) in more.enumerated() { counts[bit] += count }
    }

    /// - Parameter number: That of its file.
    func encoded(of number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: newestTimestamp)
        for value in [UInt64(size), firstBlock, lastBlock, records, number] + counts {
            bytes.append(littleEndian: value)
        }
        bytes.append(littleEndian: SipHash(key: (0, 0)).hash(bytes.span, 0..<bytes.count))
        return bytes
    }

    /// Reads a summary; nil when it is damaged, or another file's. Older releases wrote no number.
    init?(_ bytes: [UInt8], of number: UInt64) {
        guard bytes.count == Self.length, bytes.integer(at: 0, UInt32.self) == Self.magic,
            bytes.integer(at: Self.length - 8, UInt64.self)
                == SipHash(key: (0, 0)).hash(bytes.span, 0..<Self.length - 8)
        else { return nil }
        newestTimestamp = bytes.integer(at: 4)
        size = Int(truncatingIfNeeded: bytes.integer(at: 8, UInt64.self))
        firstBlock = bytes.integer(at: 16)
        lastBlock = bytes.integer(at: 24)
        records = bytes.integer(at: 32)
        counts = (0..<32).map { bytes.integer(at: 48 + $0 * 8) }
        let named: UInt64 = bytes.integer(at: 40)
        guard size >= 0, max(firstBlock, lastBlock) < LogBlockHead.greatestNumber,
            named == 0 || named == number, records <= Self.mostRecords,
            counts.allSatisfy({ $0 <= records })
        else { return nil }
    }
}

/// Names of the journal's files.
enum SegmentName {
    static func log(_ number: UInt64) -> String { padded(number) + ".log" }
    static func summary(_ number: UInt64) -> String { padded(number) + ".sum" }

    /// The number of a log file; nil for other files.
    static func number(_ name: String) -> UInt64? { number(name, ".log") }

    /// The number of the log file that a summary is of; nil for other files.
    static func summarized(_ name: String) -> UInt64? { number(name, ".sum") }

    private static func number(_ name: String, _ suffix: String) -> UInt64? {
        guard name.hasSuffix(suffix), name.utf8.count == 24 else { return nil }
        return UInt64(name.dropLast(4)).flatMap { $0 <= LogBlockHead.greatestNumber ? $0 : nil }
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }
}

/// Why a journal cannot be used.
enum JournalFault: Error, Equatable, CustomStringConvertible {
    case newerVersion(file: String, found: UInt16, known: UInt16)

    var description: String {
        switch self {
        case .newerVersion(let file, let found, let known):
            "\(file) has format version \(found), and this release reads up to \(known): start the "
                + "newer release"
        }
    }
}
