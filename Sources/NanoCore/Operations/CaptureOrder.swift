/// What a running capture writes, and when it ends.
public struct CaptureOrder: Equatable, Sendable {
    /// Files of which the oldest goes when there are more.
    public struct Ring: Equatable, Sendable {
        public var files: Int
        /// Size at which the next file is begun.
        public var fileBytes: Int

        public init(files: Int, fileBytes: Int) {
            self.files = files
            self.fileBytes = fileBytes
        }
    }

    public var format: DumpFormat
    /// Packets after which it ends; nil for any number.
    public var packets: Int?
    /// Bytes of files after which it ends; nil for any number.
    public var bytes: Int?
    /// Time after which it ends; nil for any.
    public var seconds: Int?
    /// Nil for one file.
    public var ring: Ring?

    public init(
        format: DumpFormat = .pcapng, packets: Int? = nil, bytes: Int? = nil, seconds: Int? = nil,
        ring: Ring? = nil
    ) {
        self.format = format
        self.packets = packets
        self.bytes = bytes
        self.seconds = seconds
        self.ring = ring
    }

    /// Bytes after which a capture ends that has no ring, unless fewer or more were asked for.
    public static let usualBytes = 1 << 30
    public static let allowedPackets = 1...1_000_000_000
    public static let allowedBytes = 65_536...1 << 40
    public static let allowedSeconds = 1...30 * 86_400
    public static let allowedFiles = 2...1_000

    /// What is wrong with it, in words that name the field; nil when nothing is.
    public var fault: String? {
        let checks: [(String, Int?, ClosedRange<Int>)] = [
            ("packets", packets, Self.allowedPackets), ("bytes", bytes, Self.allowedBytes),
            ("seconds", seconds, Self.allowedSeconds), ("files", ring?.files, Self.allowedFiles),
            ("file_bytes", ring?.fileBytes, Self.allowedBytes),
        ]
        for (name, value, allowed) in checks {
            guard let value, !allowed.contains(value) else { continue }
            return "\(name): \(value); use \(allowed.lowerBound)…\(allowed.upperBound)"
        }
        return nil
    }

    /// In a few words, for logs and the audit trail.
    public var summary: String {
        var words = [format.rawValue]
        if let packets { words.append("\(packets) packets") }
        if let bytes { words.append("\(bytes) bytes") }
        if let seconds { words.append("\(seconds) s") }
        if let ring { words.append("ring of \(ring.files) files of \(ring.fileBytes) bytes") }
        return words.joined(separator: ", ")
    }
}

/// How a running capture is, or how the last one ended.
public struct CaptureSnapshot: Codable, Equatable, Sendable {
    public var isRunning = true
    /// By its ``DumpFormat``.
    public var format = ""
    public var startedUnixMilliseconds: Int64 = 0
    /// Written so far, to files that are gone too.
    public var packets: UInt64 = 0
    /// Of all files so far, those that are gone included.
    public var bytes: UInt64 = 0
    /// Packets that could not be written in time.
    public var missed: UInt64 = 0
    /// Of the files that are there: a ring deletes the oldest. Nil of gateways that do not tell.
    public var keptPackets: UInt64?
    public var keptBytes: UInt64?
    /// Files that are there.
    public var files = 0
    /// The newest file.
    public var path = ""
    /// Why it has ended, in a few words; empty while it runs.
    public var ending = ""

    public init() {}

    /// One sentence.
    public var sentence: String {
        let written = "\(Self.amount(packets, bytes)) written"
        let lost = missed > 0 ? ", \(PlainWords.count(missed, "packet")) missed" : ""
        let place = files > 1 ? "\(files) files up to \(path)" : path
        var told = "\(written)\(lost) to \(place)"
        if let keptPackets, let keptBytes, keptBytes < bytes {
            told = "\(Self.amount(keptPackets, keptBytes)) kept in \(place), of \(written)\(lost)"
        }
        return isRunning
            ? "capture runs: \(told)" : "capture ended, \(ending): \(told)"
    }

    private static func amount(_ packets: UInt64, _ bytes: UInt64) -> String {
        "\(PlainWords.count(packets, "packet")), \(PlainWords.bytes(bytes))"
    }
}
