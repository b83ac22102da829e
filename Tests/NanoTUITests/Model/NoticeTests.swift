import NanoCore
import Testing

@testable import NanoTUI

@Suite struct NoticeTests {
    private static let path = "/home/operator/.local/state/nanogridata/secrets/0x10-gen2.hex"

    @Test func `a result covers the bottom line alone, and goes away after some seconds`() {
        var model = ConsoleModel.sample
        let before = model.picture(80, 24).split(separator: "\n").dropLast()
        model.finish(
            .rotateSecret(.esp32Pressure),
            .done("0x10: generation 2 is current, its secret is in \(Self.path)"))
        let with = model.picture(80, 24).split(separator: "\n")
        #expect(with.dropLast() == before)
        #expect(with.last?.contains("gen2.hex") == true, "\(with.last ?? "")")
        model.receive(SampleGateway.snapshot(second: 96))
        #expect(model.picture(80, 24).contains("gen2.hex"))
        model.receive(SampleGateway.snapshot(second: 98))
        #expect(!model.picture(80, 24).contains("gen2.hex"))
    }

    @Test func `Esc takes a result away and nothing else`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .enter)
        model.finish(.dump([], format: .ndjson), .done("written"))
        model.press(.escape)
        #expect(!model.picture(80, 24).contains("written"))
        #expect(model.opened != nil)
        model.press(.escape)
        #expect(model.opened == nil)
    }

    @Test func `what failed is said until the next key`() {
        var model = ConsoleModel.sample
        model.say("themes/broken.theme:3: not a theme line", isFault: true)
        #expect(model.picture(80, 24).contains("broken.theme"))
        model.press(.down)
        #expect(!model.picture(80, 24).contains("broken.theme"))
    }

    @Test(arguments: [(80, 24), (60, 16), (120, 40)])
    func `a long result is read whole when asked for, also later`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        model.finish(
            .rotateSecret(.esp32Pressure),
            .done("0x10: generation 2 is current, its secret is in \(Self.path); bye"))
        model.receive(SampleGateway.snapshot(second: 120))
        model.press(.character("m"))
        let picture = model.picture(size.0, size.1)
        let joined = picture.filter { !"│ \n".contains($0) }
        #expect(joined.contains(Self.path), "\(picture)")
        #expect(picture.contains("bye"))
    }

    @Test(arguments: [
        (Key.character("d"), "d does nothing here; dump is in Packets"),
        (.character("S"), "S does nothing here; it works in Devices"),
        (.character("z"), "z does nothing here; ? shows the keys that do"),
        (.control("x"), "Ctrl-X does nothing here; ? shows the keys that do"),
    ])
    func `a key that does nothing here says so, and where it does something`(
        key: Key, words: String
    ) {
        var model = ConsoleModel.sample
        model.say("what was said before")
        #expect(model.press(key).isEmpty)
        #expect(model.picture(80, 24).contains(words))
        model.press(.escape, .character("m"))
        #expect(model.picture(80, 24).contains("what was said before"))
        model.press(.escape, .pageDown, .left)
        #expect(!model.picture(80, 24).contains("does nothing"))
    }

    @Test func `where there is no room for the views a key says that`() {
        var model = ConsoleModel.sample
        model.isSmall = true
        model.press(.character("p"))
        #expect(model.notice?.text == "p needs 60x16; ? has the keys")
        #expect(model.picture(40, 12).contains("p needs 60x16"))
    }

    @Test func `only what was done has a tick`() {
        var model = ConsoleModel.sample
        model.finish(.pauseRoute("alba"), .done("alba is paused"))
        #expect(model.picture(80, 24).contains("✓ alba is paused"))
        model.finish(.pauseRoute("alba"), .unchanged("alba is paused already"))
        #expect(model.picture(80, 24).contains("– alba is paused already"))
        model.finish(.pauseRoute("alba"), .failed("not done"))
        #expect(model.picture(80, 24).contains("✗ not done"))
        // What the console itself has to say about nothing to do.
        model.press(.character("5"), .home, .character("x"))
        #expect(model.picture(80, 24).contains("– nothing waits for alba"))
        model.press(.character("m"))
        #expect(model.picture(80, 24).contains("┌ Message ─"))
    }
}
