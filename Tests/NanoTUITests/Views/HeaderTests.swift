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
}
