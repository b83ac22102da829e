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
                for part in parts { keys += decoder.decode(Array(part), isComplete: false, now: 0) }
                #expect(keys == Self.keys, "split at \(first) and \(second)")
            }
        }
    }

    @Test func `an escape byte is a key only when nothing follows`() {
        var decoder = KeyDecoder()
        let early = decoder.decode([0x1B], isComplete: false, now: 0)
        #expect(early.isEmpty)
        #expect(decoder.isWaiting)
        let late = decoder.decode([], isComplete: true, now: 0)
        #expect(late == [.escape])
        #expect(!decoder.isWaiting)
    }

    @Test func `noise is no key and stops nothing`() {
        var decoder = KeyDecoder()
        let noise: [UInt8] = [0xFF, 0xC0, 0x1B, 0x5B, 0x39, 0x39, 0x6D, 0x00]
        #expect(decoder.decode(noise + [0x71], isComplete: true, now: 0) == [.character("q")])
    }

    @Test func `any bytes are taken in`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var decoder = KeyDecoder()
        for _ in 0..<2_000 {
            let bytes = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = decoder.decode(bytes, isComplete: false, now: 0)
        }
        _ = decoder.decode([], isComplete: true, now: 0)
        #expect(!decoder.isWaiting, "seed \(seed)")
    }

    private func decode(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        return decoder.decode(Array(text.utf8), isComplete: false, now: 0)
    }

    @Test(arguments: [
        ("0;12;7M", MouseEvent(.press, x: 11, y: 6)), ("16;1;1M", MouseEvent(.press, x: 0, y: 0)),
        ("64;300;2M", MouseEvent(.wheelUp, x: 299, y: 1)),
        ("65;1;1M", MouseEvent(.wheelDown, x: 0, y: 0)),
    ])
    func `reports of the mouse are told from keys`(report: String, event: MouseEvent) {
        #expect(decode("\u{1B}[<\(report)q") == [.mouse(event), .character("q")])
    }

    @Test(arguments: [
        "0;12;7m", "1;1;1M", "32;1;1M", "0;0;1M", "0;1;99999M", "0;1M", "0;1;2;3M", ";;M",
        "0;-1;2M",
        "00000000000;1;1M", "",
    ])
    func `what else a terminal may report of it is no key`(report: String) {
        #expect(decode("\u{1B}[<\(report)").isEmpty)
    }

    @Test func `an old report of the mouse makes no keys of its bytes`() {
        #expect(decode("\u{1B}[M qyx") == [.character("x")])
        #expect(decode("\u{1B}OM") == [.enter])
    }

    @Test func `what is pasted is one key, however it is cut, and controls nothing`() {
        let bytes = Array("a\u{1B}[200~q\u{3}y\n\u{1B}[A漢\u{1B}[201~b".utf8)
        let expected: [Key] = [.character("a"), .paste("qy [A漢"), .character("b")]
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var decoder = KeyDecoder()
                let parts = [bytes[..<first], bytes[first..<second], bytes[second...]]
                let keys = parts.flatMap { decoder.decode(Array($0), isComplete: false, now: 0) }
                #expect(keys == expected, "split at \(first) and \(second)")
            }
        }
    }

    @Test func `a paste that stalls for seconds makes no keys of its rest`() {
        var decoder = KeyDecoder()
        var keys: [Key] = []
        for (part, now) in [("\u{1B}[200~pause a", 0), ("lb", 4_000), ("a\nq\u{1B}[20", 8_500)] {
            keys += decoder.decode(Array(part.utf8), isComplete: false, now: UInt64(now))
            keys += decoder.decode([], isComplete: true, now: UInt64(now) + 3_900)
        }
        #expect(keys.isEmpty)
        keys = decoder.decode(Array("1~x".utf8), isComplete: false, now: 13_000)
        #expect(keys == [.paste("pause alba q"), .character("x")])
    }

    @Test func `a paste that never ends is bounded, and gives the keys back`() {
        var decoder = KeyDecoder()
        let begun = decoder.decode(Array("\u{1B}[200~".utf8), isComplete: false, now: 0)
        #expect(begun.isEmpty && decoder.isWaiting)
        for _ in 0..<100 {
            let keys = decoder.decode(
                [UInt8](repeating: 0x78, count: 1_000), isComplete: false, now: 0)
            #expect(keys.isEmpty)
        }
        // How often is asked makes no difference, the time does.
        for _ in 0..<500 {
            #expect(decoder.decode([], isComplete: true, now: PastedText.patience - 1).isEmpty)
        }
        let keys = decoder.decode([], isComplete: true, now: PastedText.patience)
        guard case .paste(let text) = keys.first else {
            Issue.record("\(keys)")
            return
        }
        #expect(text.count == 4_096 && keys.count == 1)
        let after = decoder.decode(Array("q".utf8), isComplete: false, now: 0)
        #expect(after == [.character("q")])
    }
}
