import Foundation
import NanoCore
import Testing

@testable import NanoTUI

/// Pictures of every view, compared to the letter. To record them anew:
/// `NANOGRIDATA_RECORD_GOLDENS=1 swift test --filter GoldenTests`.
@Suite struct GoldenTests {
    static let scenes: [(name: String, keys: [Key])] = tabs + further

    private static let tabs: [(name: String, keys: [Key])] =
        ViewKind.allCases.map { ($0.title.lowercased(), [.character(Character("\($0.rawValue)"))]) }

    private static let further: [(name: String, keys: [Key])] = [
        ("packet", [.character("3"), .enter]),
        ("rejection", [.character("4"), .enter]),
        ("packetbytes", [.character("3"), .enter, .tab] + Array(repeating: .down, count: 2)),
        ("packetlist", [.character("3"), .enter, .backTab, .up, .up]),
        ("refusalgroups", [.character("4"), .character("c")]),
        ("copy", [.character("4"), .character("y"), .tab]),
        ("marked", [.character("4"), .character("M"), .up, .up, .character("M"), .down]),
        ("help", [.character("5"), .character("?")]),
        ("quit", [.character("q")]),
        ("pause", [.character("5"), .character("p")]),
        ("skip", [.character("5"), .home, .down, .character("x")]),
        ("command", [.character("5")] + keys(":secrets p")),
        ("commandfault", [.character("5")] + keys(":puase alba")),
        ("commandroutes", keys(":pause ") + [.tab, .tab]),
        ("dump", [.character("3"), .character("d")]),
        ("rotate", [.character("6"), .down, .character("R")]),
        ("rotateall", [.character("6")] + keys(":secrets rotate-all") + [.enter]),
        ("extend", [.character("6"), .home, .down, .character("e")]),
        ("route", [.character("5"), .end, .enter]),
        ("letters", [.character("5"), .home, .character("l")]),
        ("letter", [.character("5"), .home, .character("l"), .down, .enter]),
        ("drop", [.character("5"), .home, .character("l"), .down, .character("x")]),
        ("device", [.character("2")] + keys("/device:ESP32-017") + [.enter, .enter]),
        ("registry", [.character("2"), .character("w")]),
        ("unheard", [.character("2"), .character("w"), .enter]),
        ("approve", [.character("2"), .character("w"), .character("a")]),
        ("offenders", [.character("4"), .character("o")]),
        ("logentry", [.character("8"), .enter]),
        ("alarm", [.character("7"), .down, .character("v")]),
        ("audit", [.character("7"), .end, .enter]),
        ("rewound", [.character("1"), .character("(")]),
        ("offender", [.character("4"), .character("o"), .enter]),
        ("filter", [.character("4"), .character("/"), .character("x"), .character(":")]),
        ("filtering", [.character("4"), .character("/")] + keys("-reason:replay dev:x type:e")),
        ("completing", [.character("2"), .character("/")] + keys("device:ESP32-01") + [.tab]),
        ("matching", [.character("5"), .character("/")] + keys("-state:flowing") + [.enter]),
    ]

    private static func keys(_ text: String) -> [Key] { text.map { .character($0) } }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Goldens")

    @Test(arguments: scenes.map(\.name), [(60, 16), (80, 24), (120, 40), (200, 50)])
    func `a view looks as it was recorded`(scene: String, size: (Int, Int)) throws {
        let keys = try #require(Self.scenes.first { $0.name == scene }).keys
        var model = ConsoleModel.sample
        for key in keys { _ = model.handle(key) }
        try Self.expect(model.picture(size.0, size.1), asIn: "\(scene)-\(size.0)x\(size.1)")
    }

    @Test(arguments: [false, true], [(60, 16), (80, 24), (120, 40), (200, 50)])
    func `what a device measures looks as it was recorded`(all: Bool, size: (Int, Int)) throws {
        var model = ConsoleModel.sampleWithDevice
        _ = model.openSampleDevice()
        if all { model.press(.character("v")) }
        let scene = all ? "devicevalues" : "devicedetail"
        try Self.expect(model.picture(size.0, size.1), asIn: "\(scene)-\(size.0)x\(size.1)")
    }

    private static func expect(_ picture: String, asIn name: String) throws {
        let picture = picture + "\n"
        let file = folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["NANOGRIDATA_RECORD_GOLDENS"] == "1" {
            try Data(picture.utf8).write(to: file)
        }
        #expect(picture == (try String(contentsOf: file, encoding: .utf8)))
    }

    /// The bytes of one picture, a line for each piece between two escape sequences that say where.
    @Test(arguments: [ColorDepth.truecolor, .indexed, .sixteen, .none], [true, false])
    func `what is sent looks as it was recorded`(depth: ColorDepth, isUnicode: Bool) throws {
        var model = ConsoleModel.sample
        model.press(.character("1"))
        var screen = Screen(width: 80, height: 24)
        model.draw(into: &screen)
        var renderer = Renderer(theme: .builtIn, depth: depth, isUnicode: isUnicode)
        let bytes = renderer.bytes(for: screen)
        #expect(isUnicode || bytes.allSatisfy { $0 < 0x80 })
        let text =
            String(decoding: bytes, as: UTF8.self)
            .replacing(/\u{1B}\[\d+;\d+H/) { "\n" + $0.output }
            .replacing("\u{1B}", with: "<esc>") + "\n"
        let characters = isUnicode ? "unicode" : "ascii"
        let file = Self.folder.appending(path: "sent-\(depth.rawValue)-\(characters).txt")
        if ProcessInfo.processInfo.environment["NANOGRIDATA_RECORD_GOLDENS"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test func `random keys at random sizes never trap, and nothing hostile is drawn`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let keys: [Key] =
            "12345678qyne<>()/?pRdsSt kjgGhl:\"*rxXwaADboucMU'[]CEOL".map { .character($0) } + [
                .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape,
                .backspace, .tab, .backTab, .control("c"), .control("u"), .paste("x y"),
            ]
        var model = ConsoleModel.sample
        for step in 0..<1_500 {
            _ = model.handle(keys[Int.random(in: 0..<keys.count, using: &random)])
            let place = (
                Int.random(in: 0...200, using: &random), Int.random(in: 0...60, using: &random)
            )
            _ = model.handle(.mouse(MouseEvent(.press, x: place.0, y: place.1)))
            if step % 50 == 0 { model.receive(SampleGateway.snapshot(second: 91 + step / 50)) }
            let picture = model.picture(
                Int.random(in: 1...200, using: &random), Int.random(in: 1...60, using: &random))
            #expect(!picture.contains("\u{1B}") && !picture.contains("\u{202E}"), "seed \(seed)")
        }
    }
}
