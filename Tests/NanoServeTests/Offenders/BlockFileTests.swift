import NanoCore
import Testing

@testable import NanoServe

/// The blocks of addresses on disk.
@Suite struct BlockFileTests {
    private let folder: TemporaryFolder
    private let file: BlockFile
    private let now = Moment(unixMilliseconds: 1_790_000_000_000, monotonicNanoseconds: 0)

    init() throws {
        folder = try TemporaryFolder()
        file = BlockFile(stateFolder: folder.path)
    }

    private func later(_ seconds: Int64) -> Moment {
        Moment(unixMilliseconds: now.unixMilliseconds + seconds * 1_000, monotonicNanoseconds: 0)
    }

    @Test func `a block ends by itself, and a longer one takes its place`() throws {
        _ = try file.block("10.0.0.0/8", seconds: 60, now: now)
        _ = try file.block("10.0.0.9", seconds: 600, now: now)
        #expect(try file.read(now: later(59)).map(\.source) == ["10.0.0.0/8", "10.0.0.9"])
        #expect(try file.read(now: later(60)).map(\.source) == ["10.0.0.9"])
        _ = try file.block("10.0.0.0/8", seconds: 900, now: now)
        #expect(try file.read(now: later(601)).map(\.source) == ["10.0.0.0/8"])
    }

    /// A content with blocks of one network, each given so many seconds after `now`.
    private func content(_ blocks: (at: Int64, seconds: Int)...) throws -> BlockContent {
        var content = BlockContent()
        for block in blocks {
            _ = try content.block("10.0.0.9", seconds: block.seconds, now: later(block.at))
        }
        return content
    }

    @Test(arguments: [60, 59])
    func `what is blocked for as long stays as it was, and when that ends is told`(
        seconds: Int
    ) throws {
        var content = try content((0, 60))
        let before = content
        #expect(
            try content.block("10.0.0.9", seconds: seconds, now: now)
                == "10.0.0.9 is blocked already, until 2026-09-21 14:14:20Z")
        #expect(content == before)
    }

    @Test func `taking back leaves what was blocked before to its own end`() throws {
        var content = try content((0, 60), (30, 3_600))
        _ = try content.block("10.0.0.0/24", seconds: 9, now: later(31))
        #expect(content.blocks.first?.sinceUnixMs == now.unixMilliseconds)
        #expect(
            try content.takeBack("10.0.0.9", now: later(31))
                == "10.0.0.9 is blocked until 2026-09-21 14:14:20Z again")
        #expect(
            try content.takeBack("10.0.0.9", now: later(32))
                == "10.0.0.9 is not blocked any more; 10.0.0.0/24 is")
        #expect(throws: KeystoreError("no operator has blocked 10.0.0.9 any more")) {
            try content.takeBack("10.0.0.9", now: later(33))
        }
        // A block around it is not taken back with what is within.
        _ = try content.block("10.0.0.9", seconds: 60, now: later(34))
        _ = try content.takeBack("10.0.0.0/24", now: later(35))
        #expect(content.blocks.map(\.network) == ["10.0.0.9"])
    }

    @Test func `an earlier end that is over is none to go back to`() throws {
        var content = try content((0, 60), (30, 3_600))
        #expect(
            try content.takeBack("10.0.0.9", now: later(60)) == "10.0.0.9 is not blocked any more")
    }

    @Test func `two who make a block longer take back their part each, however often it was`() throws
    {
        var content = try content((0, 60), (1, 70), (2, 80))
        let sentences = try (0..<3).map { _ in try content.takeBack("10.0.0.9", now: later(3)) }
        #expect(sentences.map { $0.contains("again") } == [true, true, false])
        for second in 0..<100 {
            _ = try content.block("10.0.0.9", seconds: 1_000, now: later(Int64(second)))
        }
        #expect(try #require(content.blocks.first?.earlierUntilUnixMs).count == 8)
    }

    @Test func `an operator's block of what the gateway blocks ends no earlier`() throws {
        var content = BlockContent()
        content.take(
            [
                BlockContent.Entry(
                    network: "10.0.0.9", sinceUnixMs: now.unixMilliseconds,
                    untilUnixMs: later(9_000).unixMilliseconds, byOperator: false)
            ], now: now)
        _ = try content.block("10.0.0.9", seconds: 60, now: now)
        #expect(content.blocks.map(\.untilUnixMs) == [later(9_000).unixMilliseconds])
        #expect(content.blocks.map(\.byOperator) == [true])
    }

    @Test func `unblocking a network lifts all within it`() throws {
        for text in ["10.0.0.9", "10.1.0.0/16", "2001:db8::/64"] {
            _ = try file.block(text, seconds: 60, now: now)
        }
        #expect(
            try file.unblock("10.0.0.0/8", now: now)
                == "10.0.0.0/8 is not blocked any more: 2 blocks are lifted")
        #expect(try file.read(now: now).map(\.source) == ["2001:db8::/64"])
    }

    @Test(arguments: [
        ("10.0.0", "10.0.0 is not a network; use an address, or a network like 10.0.0.0/8"),
        ("10.0.0.9/8", "10.0.0.9/8 has bits behind its prefix; use 10.0.0.0/8"),
        ("\u{1B}[2J", "\\u{1B}[2J is not a network; use an address, or a network like 10.0.0.0/8"),
    ])
    func `what is no network is named, and nothing is written`(text: String, words: String) throws {
        let fault = #expect(throws: KeystoreError.self) {
            try file.block(text, seconds: 60, now: now)
        }
        #expect(fault?.description == words)
        #expect(try file.read(now: now).isEmpty)
    }

    @Test(arguments: [
        ("10.0.0.300", "0", "network is 10.0.0.300; use an address"),
        (
            "10.0.0.3", "9223372036854775807",
            "until_unix_ms is 9223372036854775807; use milliseconds of Unix time, 0 to 2534023"
        ),
    ])
    func `a wrong file is named with the key at fault`(
        network: String, until: String, words: String
    ) throws {
        let text = """
            {"version": 1, "blocks": [{"network": "\(network)", "since_unix_ms": 0,
            "until_unix_ms": \(until), "by_operator": false}]}
            """
        try PrivateFile.write(Array(text.utf8), to: folder.path + "/blocks.json")
        let fault = #expect(throws: KeystoreError.self) { try file.read(now: now) }
        #expect(fault?.description.contains("blocks.json: blocks[0].\(words)") == true)
    }
}
