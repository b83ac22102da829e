import Foundation
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// What is done to a trail, and what is found of it.
@Suite struct AuditChainTests {
    private let count = 8

    @Test func `an entry holds the hash of the line before, as sha256sum tells it`() throws {
        let trail = try AuditTrail(entries: 3)
        let entries = try AuditReading(stateFolder: trail.folder.path).lines.map(\.entry)
        let hashes = try trail.lines().map { Hexadecimal.text(SHA256Digest.of($0)) }
        #expect(entries[1].previous == hashes[0] && entries[2].previous == hashes[1])
        let empty = Hexadecimal.text(SHA256Digest.of([]))
        #expect(entries[0].chain == AuditChain.Beginning(covers: 0, sha256: empty))
        let genesis = "nanogridata audit chain 1\n2026-01-17T14:30:00.250Z 0 \(empty)\n"
        #expect(
            entries[0].previous == Hexadecimal.text(SHA256Digest.of(Array(genesis.utf8))))
        let found = try trail.verify()
        #expect(found.findings.isEmpty && found.notes.isEmpty)
        #expect(found.chained == 3 && found.unchained == 0)
        #expect(found.head?.description == "3:\(hashes[2])")
        #expect(AuditLog(stateFolder: trail.folder.path).head == found.head)
    }

    @Test func `every changed byte is found at its line`() throws {
        let trail = try AuditTrail(entries: 3)
        let whole = try trail.bytes()
        let mark = AuditMark.read(inFolder: trail.folder.path)
        var line = 1
        for offset in whole.indices {
            var changed = whole
            changed[offset] ^= 1
            let findings = AuditVerification(changed, mark: mark).findings
            // Without its end, the last line counts as torn, and its entry as missing behind it.
            let place = offset == whole.count - 1 ? line + 1 : line
            #expect(findings.contains { $0.line == place }, "byte \(offset): \(findings)")
            if whole[offset] == 10 { line += 1 }
        }
    }

    @Test func `every cut is found, whichever byte it is at`() throws {
        let trail = try AuditTrail(entries: 4)
        let whole = try trail.bytes()
        let mark = AuditMark.read(inFolder: trail.folder.path)
        for length in 0..<whole.count {
            let found = AuditVerification(Array(whole[..<length]), mark: mark)
            #expect(found.findings.count == 1, "\(length): \(found.findings)")
            let left = whole[..<length].count { $0 == 10 }
            let text = found.findings.first?.text ?? ""
            let isWhole = length == whole.count - 1 || whole[length] == 10
            let first = isWhole ? left + 2 : left + 1
            let expected =
                switch first {
                case 5: "the end of its line was cut off"
                case 4: "byte \(length): entry 4 is missing at the end"
                default: "byte \(length): entries \(first)–4 are missing at the end"
                }
            #expect(text.hasSuffix(expected), "\(length): \(text)")
        }
    }

    @Test func `missing entries are named, and what is behind them is looked at all the same`()
        throws
    {
        let trail = try AuditTrail(entries: count)
        let lines = try trail.lines()
        for first in 0..<count {
            for last in first..<count {
                try trail.replace(
                    lines.enumerated().filter { !(first...last).contains($0.offset) }
                        .flatMap(\.element))
                let offset = lines[..<first].joined().count
                let names =
                    first == last
                    ? "entry \(first + 1) is" : "entries \(first + 1)–\(last + 1) are"
                let expected =
                    if last == count - 1 {
                        "\(first + 1): byte \(offset): \(names) missing at the end"
                    } else if first == 0 {
                        "1: entry \(last + 2), byte 0: is the first of no chain; what began its "
                            + "chain is missing"
                    } else {
                        "\(first + 1): entry \(last + 2), byte \(offset): \(names) missing before it"
                    }
                #expect(try trail.texts() == [expected])
            }
        }
        var twice = lines
        twice[6][20] ^= 1
        twice.removeSubrange(2...3)
        try trail.replace(twice.flatMap(\.self))
        let texts = try trail.texts()
        #expect(texts.contains { $0.hasPrefix("3: entry 5, ") })
        #expect(texts.contains { $0.hasPrefix("5: ") }, "\(texts)")
    }

    @Test func `entries in another order and second ones are told apart`() throws {
        let trail = try AuditTrail(entries: count)
        let lines = try trail.lines()
        for index in 1..<count - 1 {
            var swapped = lines
            swapped.swapAt(index, index + 1)
            try trail.replace(swapped.flatMap(\.self))
            let found = try trail.verify().findings
            #expect(found.allSatisfy { $0.kind == .reordered }, "\(found)")
            #expect(found.map(\.line).prefix(2) == [index + 1, index + 2])
        }
        for index in 0..<count {
            var doubled = lines
            doubled.insert(lines[index], at: index + 1)
            try trail.replace(doubled.flatMap(\.self))
            let found = try trail.verify().findings
            #expect(found.contains { $0.kind == .duplicate && $0.line == index + 2 }, "\(found)")
        }
    }

    @Test func `an entry that somebody makes up is found, with a right hash too`() throws {
        let trail = try AuditTrail(entries: 4)
        let lines = try trail.lines()
        var made = try #require(AuditEntry.read(lines[1].dropLast()))
        made.sentence = "nothing was done"
        try trail.replace((lines[..<1] + [made.line] + lines[2...]).flatMap(\.self))
        #expect(
            try trail.texts() == ["2: entry 2, byte \(lines[0].count): was changed"])
        // Behind the last one, where nothing follows it.
        var more = made
        (more.number, more.previous) = (5, AuditChain.hash(lines[3]))
        var another = made
        (another.number, another.previous) = (6, AuditChain.hash(more.line))
        try trail.replace((lines + [more.line, another.line]).flatMap(\.self))
        let found = try trail.texts()
        #expect(found.count == 1 && found[0].contains("entry 6, ") && found[0].contains("not the"))
    }

    @Test func `a mark that is gone, damaged or old is told`() throws {
        let trail = try AuditTrail(entries: 3)
        let old = try Data(contentsOf: URL(filePath: trail.markPath))
        for _ in 0..<2 { try trail.record() }
        try old.write(to: URL(filePath: trail.markPath))
        #expect(try trail.texts().first?.contains("audit.head is old") == true)
        try Data("{}".utf8).write(to: URL(filePath: trail.markPath))
        #expect(try trail.texts().first?.contains("audit.head cannot be read") == true)
        try FileManager.default.removeItem(atPath: trail.markPath)
        #expect(try trail.texts().first?.contains("audit.head is gone") == true)
    }

    @Test func `a head that was written down elsewhere finds a trail that was made anew`() throws {
        let trail = try AuditTrail(entries: 5)
        let head = try #require(try trail.verify().head)
        func check(_ number: UInt64?, _ hash: String, in trail: AuditTrail) throws -> [String] {
            try AuditVerification(
                stateFolder: trail.folder.path, expecting: (number, hash)
            ).findings.map(\.text)
        }
        try trail.record()
        #expect(try check(5, head.hash, in: trail).isEmpty)
        #expect(try check(nil, head.hash, in: trail).isEmpty)
        let made = try AuditTrail()
        for index in 0..<6 { try made.record("other\(index)") }
        #expect(try made.texts().isEmpty)
        #expect(try check(5, head.hash, in: made).first?.contains("is not the one that is") == true)
        #expect(try check(nil, head.hash, in: made).count == 1)
        #expect(try check(9, head.hash, in: made).first?.contains("entry 9, which is ") == true)
        #expect(AuditHead.read("5:" + head.hash)?.number == 5)
        for wrong in ["", "5", "5:", "x:" + head.hash, "5:" + head.hash + "0", "5:5:" + head.hash] {
            #expect(AuditHead.read(wrong) == nil, "\(wrong)")
        }
    }
}
