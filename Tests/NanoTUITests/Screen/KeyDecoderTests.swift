import Testing

@testable import NanoTUI

@Suite struct KeyDecoderTests {
    static let typed = "\u{1B}[A\u{1B}OBq\r\u{7F}\u{1B}[5~é\u{1B}[Z\u{3}"
    static let keys: [Key] = [
        .up, .down, .character("q"), .enter, .backspace, .pageUp, .character("é"), .backTab,
        .control("c"),
    ]

    @Test(arguments: 1...20)
    func `keys are found however their bytes arrive`(size: Int) {
        var decoder = KeyDecoder()
        var found: [Key] = []
        var rest = Array(Self.typed.utf8)[...]
        while !rest.isEmpty {
            found += decoder.decode(Array(rest.prefix(size)), isComplete: false)
            rest = rest.dropFirst(size)
        }
        #expect(found == Self.keys)
    }

    @Test func `escape alone is a key once nothing follows`() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B], isComplete: false).isEmpty)
        #expect(decoder.isWaiting)
        #expect(decoder.decode([], isComplete: true) == [.escape])
    }

    @Test func `noise is no key and stops nothing`() {
        var decoder = KeyDecoder()
        let noise: [UInt8] = [0xFF, 0xC0, 0x1B, 0x5B, 0x39, 0x39, 0x6D, 0x00]
        #expect(decoder.decode(noise + [0x71], isComplete: true) == [.character("q")])
    }
}
