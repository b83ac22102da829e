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

    @Test(arguments: [
        NanoTUI.Attachment.none, .lookingInside, .steering, .looking, .playing,
    ])
    func `only such a console has something to be elevated to`(attachment: NanoTUI.Attachment) {
        let actions = KeyMap.standard.bindings(in: .routes, attachment: attachment).map(\.action)
        #expect(!actions.contains(.elevate))
        #expect(
            KeyMap.standard.bindings(in: .routes, attachment: .beside).map(\.action)
                .contains(.elevate))
    }

    @Test(arguments: [
        (NanoTUI.Attachment.beside, "read-only: another console steers; E steers too"),
        (.looking, "read-only: this console may only look"),
        (.lookingInside, "read-only: this console may only look"),
        (.playing, "a recording: nothing of it can be changed"),
    ])
    func `a key that would change the gateway says why it does nothing`(
        attachment: NanoTUI.Attachment, words: String
    ) {
        var model = ConsoleModel(themeName: "dusk", attachment: attachment)
        model.receive(SampleGateway.snapshot(second: 1))
        #expect(model.press(.character("5"), .character("p")).isEmpty)
        #expect(model.notice?.text == words)
        model.press(.escape, .character("Q"))
        #expect(model.notice?.text.hasPrefix("Q does nothing here") == true)
        guard attachment == .looking else { return }
        model.press(.character("E"))
        #expect(model.notice?.text == words)
    }

    @Test func `one that only looks at its own gateway says so, and asks before both end`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .lookingInside)
        model.receive(SampleGateway.snapshot(second: 1))
        #expect(model.picture(100, 24).contains("read-only"))
        #expect(model.press(.character("q")).isEmpty)
        #expect(model.picture(100, 24).contains("The gateway stops too"))
        #expect(model.press(.character("y")) == [.quit])
        model.type(":pause alba")
        #expect(model.press(.enter).isEmpty)
        #expect(model.picture(100, 24).contains("which this console may not"))
        model.press(.escape, .character("?"))
        #expect(!model.picture(100, 40).contains("pause or resume"))
    }

    @Test func `one that steered and comes back read-only says how to steer again`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        model.receive(SampleGateway.snapshot(second: 90))
        model.press(.character("5"), .character("p"))
        // Of a gateway that was started anew: what was said before is forgotten with it.
        model.receive(SampleGateway.snapshot(second: 1))
        model.take(.beside(nil))
        #expect(
            model.notice?.sentence
                == "the gateway was started anew: this console only looks; E steers again; "
                + "what was asked is closed, and not done")
        guard case .none = model.overlay else {
            Issue.record("still asks")
            return
        }
        model.take(.beside(nil))
        model.press(.escape)
        #expect(model.notice == nil)
    }

    @Test func `one that is read-only of a sudden says so, with who steers`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        model.take(.beside("ben at /dev/pts/1\u{1B}[2J"))
        #expect(model.notice?.text.hasPrefix("ben at /dev/pts/1") == true)
        #expect(model.notice?.text.contains("\u{1B}") == false)
        #expect(model.attachment == .beside)
    }
}
