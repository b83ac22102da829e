import Testing

@testable import NanoTUI

@Suite struct KeyDecoderTests {
    private static let typed = Array(
        "a\u{1B}[A\u{1B}OB漢\u{1B}[5~\u{1B}[Z\r\t\u{7F}\u{3}\u{1B}[3~q".utf8)
    private static let keys: [Key] = [
        .character("a"), .up, .down, .character("漢"), .pageUp, .backTab, .enter, .tab,
        .backspace, .control("c"), .delete, .character("q"),
    ]

    @Test func `keys are found at any split of the bytes`() {
        let bytes = Self.typed
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var decoder = KeyDecoder()
                let parts = [bytes[..<first], bytes[first..<second], bytes[second...]]
                var keys: [Key] = []
                for part in parts { keys += decoder.decode(Array(part), isComplete: false) }
                #expect(keys == Self.keys, "split at \(first) and \(second)")
            }
        }
    }

    @Test func `an escape byte is a key only when nothing follows`() {
        var decoder = KeyDecoder()
        let early = decoder.decode([0x1B], isComplete: false)
        #expect(early.isEmpty)
        #expect(decoder.isWaiting)
        let late = decoder.decode([], isComplete: true)
        #expect(late == [.escape])
        #expect(!decoder.isWaiting)
    }

    @Test func `noise is no key and stops nothing`() {
        var decoder = KeyDecoder()
        let noise: [UInt8] = [0xFF, 0xC0, 0x1B, 0x5B, 0x39, 0x39, 0x6D, 0x00]
        #expect(decoder.decode(noise + [0x71], isComplete: true) == [.character("q")])
    }

    @Test func `any bytes are taken in`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var decoder = KeyDecoder()
        for _ in 0..<2_000 {
            let bytes = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = decoder.decode(bytes, isComplete: false)
        }
        _ = decoder.decode([], isComplete: true)
        #expect(!decoder.isWaiting, "seed \(seed)")
    }
}
