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

    @Test func `a block ends by itself, and a new one takes an older one's place`() throws {
        _ = try file.block("10.0.0.0/8", seconds: 60, now: now)
        _ = try file.block("10.0.0.9", seconds: 600, now: now)
        #expect(try file.read(now: later(59)).map(\.source) == ["10.0.0.0/8", "10.0.0.9"])
        #expect(try file.read(now: later(60)).map(\.source) == ["10.0.0.9"])
        _ = try file.block("10.0.0.9", seconds: 10, now: now)
        #expect(try file.read(now: later(11)).map(\.source) == ["10.0.0.0/8"])
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
