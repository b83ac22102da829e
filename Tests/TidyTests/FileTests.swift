import Foundation
import Testing

/// What every source file is held to.
@Suite struct FileTests {
    static let all = ["Sources", "Tests"].flatMap(SourceTree.files(in:))

    @Test func `no file is longer than a reader can hold`() {
        for file in Self.all {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `unsafe code in NanoCore calls C, or reads words, in three small files alone`() {
        let places = ["Security/KeyedHash", "Security/Prefetch", "CBOR/ShortText"]
            .map { "Sources/NanoCore/\($0).swift" }
        for file in SourceTree.files(in: "Sources/NanoCore") where !places.contains(file.path) {
            let lines = file.lines.filter { line in
                let code = line.prefix { $0 != "/" }
                return code.split(whereSeparator: { !$0.isLetter }).contains("unsafe")
            }
            #expect(lines.isEmpty, "\(file.path): \(lines)")
        }
    }

    @Test func `no work is left behind in words`() {
        let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX:"]
        for file in Self.all {
            for (index, line) in file.lines.enumerated() {
                #expect(!words.contains(where: line.contains), "\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test func `tests start programs in one way, which is not Foundation's`() {
        for file in SourceTree.files(in: "Tests") where !file.path.contains("/TestProcesses/") {
            for (index, line) in file.lines.enumerated() {
                let starts = ["Process" + "()", "Process" + ".run(", "posix_" + "spawn"]
                #expect(
                    !starts.contains(where: line.contains),
                    "\(file.path):\(index + 1): see ChildProcess: \(line)")
            }
        }
    }

    @Test func `nothing waits by the wall clock, which may be set back meanwhile`() {
        let waits = ["wait(" + "timeout:", "wait(" + "until:", "wait(" + "wallTimeout:"]
        for file in SourceTree.files(in: "Sources") {
            for (index, line) in file.lines.enumerated() {
                #expect(
                    !waits.contains(where: line.contains),
                    "\(file.path):\(index + 1): see MonotonicCondition: \(line)")
            }
        }
    }

    @Test func `every refusal reason is documented`() throws {
        let reasons = try String(
            contentsOf: SourceTree.root.appending(
                path: "Sources/NanoCore/Intake/RefusalReason.swift"), encoding: .utf8)
        let documented = try String(
            contentsOf: SourceTree.root.appending(path: "docs/protocol.md"), encoding: .utf8)
        let names = reasons.matches(of: /: "([a-z]+_[a-z_]+)"/).map { String($0.output.1) }
        #expect(names.count > 15)
        for name in names {
            #expect(documented.contains("`\(name)`"), "docs/protocol.md does not explain \(name)")
        }
    }

    @Test func `the tests that are said to hold a threat are there`() throws {
        let threats = try String(
            contentsOf: SourceTree.root.appending(path: "docs/threats.md"), encoding: .utf8)
        let named = Set(
            threats.matches(of: /`((?:[A-Z][A-Za-z]*Tests)|Fuzz[A-Z][a-z]+)`/).map(\.output.1))
        #expect(named.count > 30)
        let there = SourceTree.files(in: "Tests") + SourceTree.files(in: "Fuzz/Sources")
        for name in named {
            let isThere = there.contains {
                $0.path.hasSuffix("/\(name).swift") || $0.path.contains("/\(name)/")
            }
            #expect(isThere, "docs/threats.md names \(name)")
        }
    }
}
