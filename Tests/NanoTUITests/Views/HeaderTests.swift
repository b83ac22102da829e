import NanoCore
import Testing

@testable import NanoTUI

@Suite struct HeaderTests {
    @Test(arguments: [true, false])
    func `the first line tells of a capture while it runs`(isRunning: Bool) {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        var capture = CaptureSnapshot()
        capture.isRunning = isRunning
        snapshot.capture = capture
        model.receive(snapshot)
        let line = model.picture(80, 24).split(separator: "\n").first ?? ""
        #expect(line.contains("● running  capture  :5678") == isRunning, "\(line)")
    }

    @Test func `a recording that has ended is no gateway that does not answer`() {
        var model = ConsoleModel.sample
        model.attachment = .playing
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.gateway.state = .unreachable
        snapshot.alarms.insert(
            AlarmSnapshot(
                id: ConsoleModel.endOfRecordingID, severity: .notice, unixMilliseconds: 0,
                title: "recording", text: "the recording ends here"), at: 0)
        model.receive(snapshot)
        let picture = model.picture(120, 40)
        #expect(picture.contains("‖ ended  recording"))
        #expect(!picture.contains("unreachable") && !picture.contains("unknown"))
        #expect(picture.contains("as recorded last") && picture.contains("▲ alba"))
    }

    @Test(arguments: ViewKind.allCases, [(60, 16), (80, 24), (120, 40), (50, 12), (30, 5)])
    func `a frozen view says so on top, since when, and which key thaws it`(
        view: ViewKind, size: (Int, Int)
    ) {
        func top(_ model: ConsoleModel) -> Substring {
            var model = model
            return model.picture(size.0, size.1).split(separator: "\n").first ?? ""
        }
        var model = ConsoleModel.sample
        model.press(.character(Character("\(view.rawValue)")))
        #expect(!top(model).contains("frozen"))
        model.press(.character(" "))
        model.receive(SampleGateway.snapshot(second: 102))
        #expect(top(model).contains("‖ frozen 00:12"), "\(top(model))")
        #expect(top(model).contains("space thaws"), "\(top(model))")
        // What is said or asked hides nothing of it.
        model.say("a sentence that is as long as a narrow line has room for, and longer")
        model.press(.character("?"))
        #expect(top(model).contains("‖ frozen 00:12"))
        model.press(.escape, .character(" "))
        #expect(!top(model).contains("‖"))
    }

    @Test(arguments: [(12, 10), (20, 5), (30, 5), (44, 12), (60, 16)])
    func `where there is no room for all of it the gateway's state comes first`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        let line = model.picture(size.0, size.1).split(separator: "\n").first ?? ""
        #expect(line.contains("● running"), "\(line)")
        // A frozen view of 50 columns has room for both.
        model.press(.character(" "))
        let frozen = model.picture(50, 12).split(separator: "\n").first ?? ""
        #expect(frozen.contains("● running") && frozen.contains("space thaws"), "\(frozen)")
    }

    @Test func `an alarm that begins behind a frozen view is told of on top`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character(" "))
        var snapshot = SampleGateway.snapshot(second: 100)
        model.receive(snapshot)
        #expect(!model.picture(80, 24).contains("new alarm"))
        snapshot.alarms.append(
            AlarmSnapshot(
                id: "x", severity: .critical, unixMilliseconds: 0, title: "x", text: "y"))
        model.receive(snapshot)
        let line = model.picture(80, 24).split(separator: "\n").first ?? ""
        #expect(line.contains("● running  ▲ 1 new alarm"), "\(line)")
        #expect(line.contains("‖ frozen 00:10 · space thaws"), "\(line)")
        model.press(.character(" "))
        #expect(!model.picture(80, 24).contains("new alarm"))
    }

    @Test func `the age of what is frozen runs on over silence and a restart of the gateway`() {
        var model = ConsoleModel.sample
        model.press(.character(" "))
        var snapshot = SampleGateway.snapshot(second: 100)
        snapshot.gateway.state = .unreachable
        snapshot.gateway.silentSeconds = 20
        model.receive(snapshot)
        #expect(model.picture(80, 24).contains("‖ frozen 00:30"))
        model.receive(SampleGateway.snapshot(second: 5))
        #expect(model.picture(80, 24).contains("‖ frozen 00:15 · space thaws"))
    }

    @Test func `what stands still is reversed without colours, and told of the past too`() {
        var model = ConsoleModel.sample
        model.press(.character(" "))
        for depth in [ColorDepth.none, .sixteen] {
            var screen = Screen(width: 80, height: 24)
            model.draw(into: &screen)
            var renderer = Renderer(theme: .builtIn, depth: depth, isUnicode: false)
            let sent = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
            let place = sent.range(of: " = frozen 00:00")?.lowerBound ?? sent.startIndex
            #expect(sent[..<place].suffix(16).contains(depth == .none ? ";7m" : "m"), "\(depth)")
        }
        model.press(.character("("))
        #expect(model.picture(80, 24).contains("‖ past, 01:00 ago · space: now"))
    }

    @Test func `a key that was bound to it is named, and where none is the command`() {
        var model = ConsoleModel.sample
        model.keyMap.bind(.character(" "), to: nil, in: nil)
        model.press(.character(":"))
        model.type("freeze")
        model.press(.enter)
        #expect(model.picture(80, 24).contains("· :freeze thaws"))
    }

    @Test func `without colours no theme is told of, and a new theme is said where it is long`() {
        var model = ConsoleModel.sample
        model.hasColors = false
        #expect(model.picture(80, 24).contains("  no colours  "))
        model.hasColors = true
        model.themeName = "high-contrast-light"
        #expect(!model.picture(80, 24).contains("high-contrast-light"))
        model.sayTheme()
        #expect(model.picture(80, 24).contains("theme high-contrast-light"))
    }
}
