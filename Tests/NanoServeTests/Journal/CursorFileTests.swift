import Foundation
import Testing

@testable import NanoServe

/// The file of the cursors: what is wrong with it is noticed.
@Suite struct CursorFileTests {
    private let disk = SimulatedDisk()

    private func saved() -> SavedCursors {
        var cursors = SavedCursors(
            guardedBlock: 12, guardIdentity: .max, routes: ["alba": SavedCursor()])
        (cursors.committedBlock, cursors.systemRun) = (20, "1")
        return cursors
    }

    private func bytes() throws -> [UInt8] {
        let file = try disk.open(CursorFile.name)
        return try file.read(0..<file.size())
    }

    private func reading(_ bytes: [UInt8]) throws -> CursorFile.Found {
        try disk.replace(CursorFile.name, with: bytes)
        return try CursorFile(disk).read()
    }

    @Test func `what was written is read again, and where nothing was, nothing is damaged`() throws
    {
        let none = try CursorFile(disk).read()
        #expect(none.saved == nil && !none.isDamaged)
        try CursorFile(disk).write(saved())
        var found = try CursorFile(disk).read()
        #expect(!found.isDamaged && found.saved?.check?.count == 16)
        found.saved?.check = nil
        #expect(found.saved == saved())
    }

    @Test func `any flipped bit makes it damaged`() throws {
        try CursorFile(disk).write(saved())
        let whole = try bytes()
        for place in whole.indices {
            for bit in 0..<8 {
                var damaged = whole
                damaged[place] ^= 1 << UInt8(bit)
                let found = try reading(damaged)
                #expect(found.saved == nil && found.isDamaged, "bit \(bit) of byte \(place)")
            }
        }
        for count in whole.indices {
            let found = try reading(Array(whole[..<count]))
            #expect(found.saved == nil && found.isDamaged, "\(count) bytes")
        }
    }

    @Test func `a file of the first version is read without a checksum, one of a later is not`()
        throws
    {
        var former = saved()
        former.version = 1
        let encoder = JSONEncoder()
        #expect(try reading(Array(encoder.encode(former))).saved == former)
        former.version = 2
        #expect(try reading(Array(encoder.encode(former))).isDamaged)
    }

    @Test func `a file of a newer gateway is refused`() throws {
        try CursorFile(disk).write(saved())
        let text = String(decoding: try bytes(), as: UTF8.self)
        let newer = CursorFile.sealed(
            Array(text.replacing("\"version\":2", with: "\"version\":3").utf8))
        #expect(
            throws: JournalFault.newerVersion(file: CursorFile.name, found: 3, known: 2)
        ) { try reading(newer) }
    }
}
