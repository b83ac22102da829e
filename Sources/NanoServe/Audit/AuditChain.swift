import NanoCore

/// How entries of the audit trail are tied to what stands before them (`docs/audit.md`).
enum AuditChain {
    /// What is known of the file where a chain begins.
    struct Beginning: Codable, Equatable, Sendable {
        /// Bytes that stand before the line.
        var covers: Int
        /// SHA-256 of those bytes, as hexadecimal digits.
        var sha256: String
    }

    /// What sets the beginning of a chain apart from every other text that is hashed.
    private static let genesis = "nanogridata audit chain 1"

    /// What the first entry of a chain has for the hash of the line before it.
    static func start(_ beginning: Beginning, at time: String) -> String {
        hash(Array("\(genesis)\n\(time) \(beginning.covers) \(beginning.sha256)\n".utf8))
    }

    /// SHA-256 as hexadecimal digits.
    static func hash(_ bytes: [UInt8]) -> String {
        Hexadecimal.text(SHA256Digest.of(bytes))
    }
}

/// An entry of an audit trail and the hash of its line, which covers everything before it.
public struct AuditHead: Equatable, Sendable, CustomStringConvertible {
    public var number: UInt64
    /// SHA-256 of the line with its end, as 64 hexadecimal digits in lower case.
    public var hash: String

    init(number: UInt64, hash: String) {
        self.number = number
        self.hash = hash
    }

    /// Reads `12:9f86d0…`, or the hash alone, whose entry is then to be looked for.
    ///
    /// - Returns: Nil when the text is neither.
    public static func read(_ text: String) -> (number: UInt64?, hash: String)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let hash = parts.last, (1...2).contains(parts.count), hash.utf8.count == 64,
            hash.utf8.allSatisfy({
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 | 0x20
            })
        else { return nil }
        guard parts.count == 2 else { return (nil, hash.lowercased()) }
        guard let number = UInt64(parts[0]), number < AuditEntry.endOfNumbers else { return nil }
        return (number, hash.lowercased())
    }

    /// `12:9f86d0…`
    public var description: String { "\(number):\(hash)" }
}
