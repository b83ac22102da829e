import Foundation
import GRDB
import NanoCore
import Testing

@testable import NanoServe

/// The file of the dead letters, and what it bears.
@Suite struct DeadLetterStoreTests {
    private static let identity = "10-6955b900-df3b3316f001d77970ea65e8a29b3142"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var file: String { folder.path + "/dead-letters.sqlite" }

    private func letter(
        _ number: Int, route: String = "alba", error: String = "422 Unprocessable Entity"
    ) -> DeadLetter {
        .sample(number, route: route, error: error)
    }

    @Test func `letters are there when the file is opened again, byte for byte`() throws {
        let letters = (1...3).map { letter($0) }
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in for letter in letters { _ = try table.put(letter) } }
        store.close()
        var found = try DeadLetterStore(folder: folder.path).read {
            try $0.letters(DeadLetterSelection(route: "alba"), newest: nil)
        }
        #expect(found.map(\.number) == [1, 2, 3])
        for index in found.indices { found[index].number = 0 }
        #expect(found == letters)
    }

    @Test func `others may not read the file, nor what SQLite keeps beside it`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { _ = try $0.put(letter(1)) }
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: file + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
    }

    @Test func `a packet condemned again is the same letter, with all its attempts`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        let (first, isNew) = try store.write { try $0.put(letter(1)) }
        #expect(isNew)
        _ = try store.write { try $0.mark(DeadLetterSelection(), as: .redrive) }
        var second = letter(1, error: "400 Bad Request")
        second.attempts = 2
        let (again, isNewAgain) = try store.write { try $0.put(second) }
        #expect(!isNewAgain && again.number == first.number && again.attempts == 3)
        let found = try store.read { try $0.letters(DeadLetterSelection(), newest: nil) }
        #expect(found.map(\.error) == ["400 Bad Request"])
        #expect(found.map(\.state) == [.dead], "it is not sent a third time by itself")
        let other = try store.write { try $0.put(letter(1, route: "cycle")) }
        #expect(other.isNew, "another destination has a letter of its own")
    }

    @Test func `a number is never given twice`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        let first = try store.write { try $0.put(letter(1)).letter.number }
        try store.write { _ = try $0.remove([first]) }
        #expect(try store.write { try $0.put(letter(2)).letter.number } > first)
    }

    @Test func `of too many the oldest go, but for those under way`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 1...6 {
                var letter = letter(number)
                // Condemned while the clock was wrong.
                if number == 6 { letter.condemnedUnixMilliseconds = 0 }
                _ = try table.put(letter)
            }
            _ = try table.put(letter(7, route: "cycle"))
            #expect(try table.removeOldest(3, of: "alba", but: [2]) == 3)
        }
        let counts = try store.read { try $0.counts() }
        #expect(counts["alba"] == DeadLetterTable.Count(standing: 3, marked: 0, highest: 6))
        #expect(counts["cycle"]?.standing == 1)
        #expect(
            try store.read { try $0.ids(DeadLetterSelection(route: "alba")) }
                .map(\.number) == [2, 5, 6])
    }

    @Test func `letters to be sent once more expire only when there are no others`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 1...4 { _ = try table.put(letter(number)) }
            _ = try table.mark(DeadLetterSelection(ids: [.number(1), .number(2)]), as: .redrive)
            #expect(try table.removeOldest(1, of: "alba", but: []) == 1)
            #expect(try table.ids(DeadLetterSelection()).map(\.number) == [1, 2, 4])
            #expect(try table.removeOldest(2, of: "alba", but: []) == 2)
            #expect(try table.ids(DeadLetterSelection()).map(\.number) == [2])
        }
    }

    @Test(arguments: [
        DeadLetterTable.toBeDropped, DeadLetterTable.markedRoutes, DeadLetterTable.toBeRedriven,
    ])
    func `what is marked is found without looking at every letter`(query: String) throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        let plan = try store.read { table in
            try Row.fetchAll(
                table.database, sql: "EXPLAIN QUERY PLAN " + query.replacing("?", with: "1")
            ).map { $0["detail"] as String }.joined(separator: "; ")
        }
        #expect(plan.contains("letter_marked"), "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test func `all means those that there were when it was said`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 1...3 { _ = try table.put(letter(number)) }
            #expect(try table.mark(DeadLetterSelection(route: "alba", highest: 2), as: .drop) == 2)
            #expect(try table.ids(DeadLetterSelection()).map(\.number) == [3])
        }
    }

    @Test(arguments: [
        ("A\0B", 9, "A\u{2400}B"), ("äöü", 4, "äö"), ("äöü", 5, "äö"), ("", 3, ""),
        ("a" + String(repeating: "\u{301}", count: 9), 5, "a\u{301}\u{301}"),
    ])
    func `texts are stored up to a number of bytes, and whole`(
        text: String, bytes: Int, stored: String
    ) {
        let found = DeadLetter.storable(text, atMost: bytes)
        #expect(Array(found.utf8) == Array(stored.utf8))
    }

    @Test func `letters are chosen by number, by identity and by destination`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 1...4 { _ = try table.put(letter(number)) }
            _ = try table.put(letter(1, route: "cycle"))
        }
        func chosen(_ selection: DeadLetterSelection) throws -> [Int64] {
            try store.read { try $0.ids(selection) }.map(\.number).sorted()
        }
        let identity = letter(1).identity
        #expect(try chosen(DeadLetterSelection(ids: [.number(2), .number(9)])) == [2])
        #expect(try chosen(DeadLetterSelection(ids: [.identity(identity)])) == [1, 5])
        #expect(
            try chosen(
                DeadLetterSelection(route: "cycle", ids: [.identity(identity), .number(3)])) == [5])
        #expect(try chosen(DeadLetterSelection(route: "alba")) == [1, 2, 3, 4])
        let newest = try store.read { try $0.letters(DeadLetterSelection(), newest: 2) }
        #expect(newest.map(\.number) == [3, 4])
    }

    @Test func `what is to be dropped is not sent, nor listed, nor saved by another mark`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 1...2 { _ = try table.put(letter(number)) }
            #expect(try table.mark(DeadLetterSelection(ids: [.number(1)]), as: .drop) == 1)
            #expect(try table.mark(DeadLetterSelection(), as: .redrive) == 1)
            _ = try table.put(letter(1))
            #expect(try table.toBeDropped().map(\.number) == [1])
            #expect(try table.toBeRedriven(9, of: "alba", but: []).map(\.number) == [2])
            #expect(try table.toBeRedriven(9, of: "alba", but: [2]).isEmpty)
            #expect(try table.letters(DeadLetterSelection(), newest: nil).map(\.number) == [2])
        }
    }

    @Test func `what waits keeps back those of its device, of the same model, and no others`()
        throws
    {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for (number, device) in [nil, "A", "B", "A", nil, "A"].enumerated() {
                var letter = letter(number)
                letter.device = device
                if number == 5 { letter.model = .custom }
                _ = try table.put(letter)
            }
            _ = try table.mark(DeadLetterSelection(), as: .redrive)
            func numbers(behind waiting: Set<Int64>) throws -> [Int64] {
                try table.toBeRedriven(9, of: "alba", but: [], behind: waiting).map(\.number)
            }
            #expect(try numbers(behind: []) == [1, 2, 3, 4, 5, 6])
            #expect(try numbers(behind: [2]) == [1, 3, 5, 6])
            #expect(try numbers(behind: [1, 3]) == [2, 4, 5, 6])
        }
    }

    @Test func `a file of a newer release is refused and left as it is`() throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { try $0.database.execute(sql: "PRAGMA user_version = 2") }
        store.close()
        let before = try Data(contentsOf: URL(filePath: file))
        for open in [DeadLetterStore.init(heldFolder:), DeadLetterStore.init(folder:)] {
            let fault = try #require(throws: DeadLetterStore.Fault.self) { try open(folder.path) }
            #expect(fault.description.hasPrefix(file))
            #expect(fault.description.contains("newer release (format 2, this one knows 1)"))
        }
        #expect(try Data(contentsOf: URL(filePath: file)) == before)
    }

    @Test(arguments: [0, 5_000])
    func `a damaged file is moved aside, and a new one begins`(offset: Int) throws {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in for n in 1...200 { _ = try table.put(letter(n)) } }
        store.close()
        var bytes = try Data(contentsOf: URL(filePath: file))
        bytes.replaceSubrange(offset..<offset + 4_096, with: repeatElement(0xA5, count: 4_096))
        try bytes.write(to: URL(filePath: file))
        #expect(throws: DeadLetterStore.Fault.self, "only the gateway moves it") {
            let reader = try DeadLetterStore(folder: folder.path)
            _ = try reader.read { try $0.letters(DeadLetterSelection(), newest: nil) }
        }
        let mended = try DeadLetterStore(heldFolder: folder.path)
        #expect(mended.notice?.contains("are damaged") == true)
        #expect(try mended.read { try $0.counts() }.isEmpty)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("dead-letters.sqlite.damaged-") && !$0.hasSuffix("-shm") }
        #expect(kept.count >= 1)
        let copy = try #require(kept.first { !$0.hasSuffix("-wal") })
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/" + copy)) == bytes)
    }

    @Test func `without a file there is nothing to look into, and none is made`() throws {
        let fault = try #require(throws: DeadLetterStore.Fault.self) {
            try DeadLetterStore(folder: folder.path)
        }
        #expect(fault.description.contains("there are no dead letters in \(folder.path)"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test(arguments: [
        ("12", DeadLetterSelection.ID.number(12)), ("0", nil), ("-3", nil), ("", nil),
        ("10-6955b900-df3b", nil), (Self.identity, .identity(Self.identity)), ("alba", nil),
        (Self.identity.replacing("d", with: "\""), nil),
    ])
    func `an id is a number or an identity, and nothing else`(
        text: String, id: DeadLetterSelection.ID?
    ) {
        #expect(DeadLetterSelection.ID(text) == id)
    }
}
