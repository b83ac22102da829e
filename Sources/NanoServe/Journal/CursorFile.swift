import Foundation
import NanoCore

/// Where the cursors are saved. What is lost of them is delivered again.
///
/// A file of JSON whose first member, `check`, is a checksum over all of it with that member's digits at
/// `0`: one changed bit would have packets that wait given up, or frames accepted again. Version 1 had none.
struct CursorFile {
    /// What was found.
    struct Found {
        /// Nil when there are none, or they are damaged: then everything in the log is delivered.
        var saved: SavedCursors?
        var isDamaged = false
    }

    static let name = "cursors.json"
    private let storage: any LogStorage

    init(_ storage: any LogStorage) {
        self.storage = storage
    }

    /// - Throws: ``JournalFault`` for the file of a newer gateway, ``StorageFault``.
    func read() throws -> Found {
        guard try storage.names().contains(Self.name) else { return Found() }
        let file = try storage.open(Self.name)
        let bytes = try file.read(0..<file.size())
        guard Self.isWhole(bytes),
            let found = try? JSONDecoder().decode(Version.self, from: Data(bytes))
        else { return Found(isDamaged: true) }
        guard found.version <= SavedCursors.currentVersion else {
            throw JournalFault.newerVersion(
                file: Self.name, found: UInt16(clamping: found.version),
                known: UInt16(SavedCursors.currentVersion))
        }
        guard let saved = try? JSONDecoder().decode(SavedCursors.self, from: Data(bytes)),
            saved.check != nil || saved.version == 1,
            saved.lastBlock < LogBlockHead.greatestNumber
        else { return Found(isDamaged: true) }
        return Found(saved: saved)
    }

    func write(_ cursors: SavedCursors) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var cursors = cursors
        (cursors.version, cursors.check) = (SavedCursors.currentVersion, Self.noCheck)
        try storage.renew(Self.name, with: Self.sealed(Array(try encoder.encode(cursors))))
    }

    /// Gives up the room that is set aside for the next ones.
    func giveBackRoom() { storage.giveBackRoom(of: Self.name) }

    // MARK: - The checksum

    private static let noCheck = String(repeating: "0", count: 16)
    private static let beginning = Array("{\"check\":\"".utf8)
    /// Where its digits are.
    private static let digits = beginning.count..<beginning.count + 16

    /// The bytes of a file with its checksum; others as they are.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard let check = check(of: bytes) else { return bytes }
        var sealed = bytes
        sealed.replaceSubrange(digits, with: check)
        return sealed
    }

    /// Whether a file has the checksum that it should have, or says of none.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        check(of: bytes).map { $0 == Array(bytes[digits]) } ?? true
    }

    /// The digits that a file should have; nil where it has no room for them.
    private static func check(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.starts(with: beginning), bytes.count > digits.upperBound else { return nil }
        var blank = bytes
        blank.replaceSubrange(digits, with: noCheck.utf8)
        let check = SipHash(key: (0, 0)).hash(blank.span, 0..<blank.count)
        return Array(Hexadecimal.text(withUnsafeBytes(of: check.bigEndian, Array.init)).utf8)
    }

    /// What every version has.
    private struct Version: Decodable {
        let version: Int
    }
}
