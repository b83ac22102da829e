import NanoCore
import Testing

@testable import NanoServe

/// Dead letters that are chosen by a filter, at a running gateway.
@Suite struct DeadLetterFilterTests {
    /// Whose letters another process sees in the store.
    private func devices(_ folder: String) throws -> [String] {
        try DeadLetterStore(folder: folder).read {
            try $0.letters(DeadLetterSelection(), newest: nil).compactMap(\.device)
        }
    }

    @Test func `a filter reaches all letters, also more than are listed, as they were counted`()
        async throws
    {
        let alba = try await ScriptedReceiver.start { _, _ in .status(422) }
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...230))
            try await gateway.reaches("routes.alba.dead_letters", 230)
            func query(_ filter: String, upTo: Int64 = 230) -> LetterQuery {
                LetterQuery(filter: filter, upTo: upTo, asOf: Moment.now.unixMilliseconds)
            }
            func count(_ query: LetterQuery) async -> CommandResult {
                await gateway.perform(.countDeadLetters("alba", query))
            }
            #expect(await count(query("status:422*")) == .counted(230))
            let few = query("device:ESP32-1*")
            #expect(await count(few) == .counted(111))
            #expect(await count(query("device:nobody")) == .counted(0))
            var past = few
            past.asOf -= 3_600_000
            #expect(await count(past) == .counted(0), "none of them was condemned by then")
            for filter in ["", "device:", "nope:1"] {
                guard case .failed(let why) = await count(query(filter)) else {
                    Issue.record("\(filter) counts")
                    continue
                }
                #expect(why.hasPrefix("not done: "))
            }
            let tooFew = await gateway.perform(
                .dropDeadLetters("alba", letters: .matching(few, atMost: 110)))
            #expect(
                tooFew
                    == .failed(
                        "not done: 111 dead letters of alba match by now, and 110 were asked about")
            )
            #expect(try devices(gateway.stateFolder).count == 230)
            let dropped = await gateway.perform(
                .dropDeadLetters("alba", letters: .matching(few, atMost: 111)))
            #expect(dropped == .done("alba: 111 dead letters dropped"))
            #expect(
                try devices(gateway.stateFolder).allSatisfy {
                    !$0.hasPrefix("ESP32-1")
                })
            let trail = try AuditReading(stateFolder: gateway.stateFolder).lines.map(\.entry.text)
            #expect(trail.contains { $0.contains("alba: device:ESP32-1*, up to 230") })
            let again = await gateway.perform(.redriveMatching("alba", few, atMost: 111))
            #expect(
                again
                    == .failed("alba has none of these dead letters that is not to be sent already")
            )
            let one = await gateway.perform(
                .redriveMatching("alba", query("device:ESP32-2"), atMost: 1))
            #expect(one == .done("1 dead letter of alba goes out once more"))
        }
        try await alba.stop()
    }
}
