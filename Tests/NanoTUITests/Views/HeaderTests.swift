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
