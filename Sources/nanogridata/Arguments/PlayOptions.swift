import ArgumentParser
import Foundation
import NanoServe
import NanoTUI

/// A recording in the place of a gateway.
struct PlayOptions: ParsableArguments {
    @Option(name: .long, help: "Show what was recorded in this file; no gateway is run.")
    var play: String?

    @Option(
        name: .long, parsing: .unconditional, help: "Recorded seconds a second, 0.1 to 1000.",
        transform: Limited.number(0.1...1_000))
    var speed = 1.0

    func validate() throws {
        if play == nil, speed != 1 {
            throw ValidationError("--speed: it is that of --play, which is not given")
        }
    }

    /// The recording, which begins to play; nil when none is to be played.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 for a file that is none.
    func gateway() throws -> RecordedGateway? {
        guard let play else { return nil }
        do {
            return try RecordedGateway(
                path: play, speed: speed,
                clock: { UInt64(ProcessInfo.processInfo.systemUptime * 1_000) })
        } catch {
            throw CommandFailure.misuse(["--play: \(error)"])
        }
    }
}
