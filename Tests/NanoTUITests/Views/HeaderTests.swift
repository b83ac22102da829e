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
