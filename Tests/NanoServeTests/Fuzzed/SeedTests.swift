import Foundation
import NanoCore
import Testing

/// What the programs for libFuzzer look at that need the whole gateway, without it: each seed as it is, and
/// thousands of times with a few bytes changed. A fault ends the process and says what it was;
/// `NANOGRIDATA_SEED=…` with the number that was told makes the same bytes again.
///
/// The files of the checks are those of the programs.
@Suite struct SeedTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../Fuzz/Seeds")

    private static let checks: [(name: String, run: @Sendable ([UInt8]) -> Void)] = [
        ("FuzzSettings", SettingsCheck.run), ("FuzzAnswer", AnswerCheck.run),
        ("FuzzAdmin", AdminCheck.run), ("FuzzJournal", JournalCheck.run),
    ]

    @Test(arguments: checks.map(\.name))
    func `whatever is made of a seed is read, or refused with a reason`(name: String) throws {
        let check = try #require(Self.checks.first { $0.name == name }).run
        let seeds = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
        try #require(!seeds.isEmpty)
        let told = ProcessInfo.processInfo.environment["NANOGRIDATA_SEED"].flatMap(UInt64.init)
        let number = told ?? UInt64.random(in: 1 ... .max)
        print("\(name): NANOGRIDATA_SEED=\(number)")
        let chance = SipHash(key: (number, 1))
        var tried = 0
        for seed in seeds.sorted(by: { $0.path < $1.path }) {
            let bytes = Array(try Data(contentsOf: seed))
            check(bytes)
            for _ in 0..<Self.variants {
                tried += 1
                check(Self.variant(of: bytes, chance, UInt64(tried)))
            }
        }
        #expect(tried == seeds.count * Self.variants)
    }

    /// Of each seed: some fifteen seconds for each program.
    private static let variants = 10_000

    /// A seed with one to eight changes: bytes that are others, gone, doubled, or moved.
    private static func variant(
        of seed: [UInt8], _ chance: SipHash, _ number: UInt64
    ) -> [UInt8] {
        var bytes = seed
        var drawn: UInt64 = 0
        func draw(_ bound: Int) -> Int {
            drawn += 1
            return Int(
                chance.hash(UInt8(truncatingIfNeeded: drawn), number) % UInt64(max(1, bound)))
        }
        for _ in 0...draw(8) where !bytes.isEmpty {
            let place = draw(bytes.count)
            let end = min(bytes.count, place + 1 + draw(16))
            switch draw(5) {
            case 0: bytes[place] = UInt8(draw(256))
            case 1: bytes[place] ^= 1 << UInt8(draw(8))
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: draw(bytes.count))
            default: bytes = Array(bytes[..<end])
            }
        }
        return bytes
    }
}
