import NanoCore

extension Gateway {
    /// Begins to write all that comes in to files.
    func startCapture(_ order: CaptureOrder) -> CommandResult {
        capture.start(order, now: .now) { [weak self] ended in
            // Nobody stopped it, so nobody else writes this down.
            self?.logger.notice("capture", metadata: ["result": "\(ended.sentence)"])
            self?.note(.stopCapture, .done(ended.sentence), of: "capture")
        }
    }

    func stopCapture() -> CommandResult {
        capture.stop("stopped by an operator", now: .now)
    }

    /// Closes the files, because the gateway stops.
    func endCapture() {
        guard case .done(let sentence) = capture.stop("the gateway stopped", now: .now) else {
            return
        }
        note(.stopCapture, .done(sentence), of: "capture")
    }
}
