import NanoCore
import Testing

@testable import NanoTUI

@Suite struct ElevationTests {
    @Test func `a console beside another changes nothing until it is elevated`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .beside)
        model.receive(SampleGateway.snapshot(second: 1))
        #expect(model.picture(100, 24).contains("read-only"))
        #expect(model.press(.character("5"), .character("p")).isEmpty)
        guard case .none = model.overlay else {
            Issue.record("asked")
            return
        }
        model.type(":elevate")
        model.press(.enter)
        #expect(model.press(.enter).isEmpty)
        #expect(model.press(.character("E"), .character("y")) == [.perform(.elevate)])
        model.take(.steers)
        #expect(!model.picture(100, 24).contains("read-only"))
        model.press(.character("5"), .character("p"))
        guard case .confirmation = model.overlay else {
            Issue.record("not asked")
            return
        }
    }

    @Test(arguments: [NanoTUI.Attachment.none, .steering, .looking, .playing])
    func `only such a console has something to be elevated to`(attachment: NanoTUI.Attachment) {
        let actions = KeyMap.standard.bindings(in: .routes, attachment: attachment).map(\.action)
        #expect(!actions.contains(.elevate))
        #expect(
            KeyMap.standard.bindings(in: .routes, attachment: .beside).map(\.action)
                .contains(.elevate))
    }

    @Test func `one that is read-only of a sudden says so, with who steers`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        model.take(.beside("ben at /dev/pts/1\u{1B}[2J"))
        #expect(model.notice?.text.hasPrefix("ben at /dev/pts/1") == true)
        #expect(model.notice?.text.contains("\u{1B}") == false)
        #expect(model.attachment == .beside)
    }
}
