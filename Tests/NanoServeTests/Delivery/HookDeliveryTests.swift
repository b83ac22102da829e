import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A gateway that runs programs.
@Suite struct HookDeliveryTests {
    @Test func `each event is one run, with the body that HTTP gets and its identity`()
        async throws
    {
        let script = try HookScript(#"cat >> "$D/in""#)
        let alba = try await ScriptedReceiver.answering()
        let yaml = """
            routes:
              lamp: {endpoint: "\(script.path)", concurrency: 1}
            rules:
              - {types: [command], destinations: [lamp, alba]}
            """
        let frames = (1...3).map { DeviceFrames.pressure($0, type: .command) }
        try await withGateway(alba: alba.url, yaml: yaml) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("routes.lamp.delivered", 3)
            try await gateway.reaches("routes.alba.delivered", 3)
            #expect(try await gateway.text("routes.lamp.endpoint") == script.path)
        }
        let bodies = alba.requests.map(\.body)
        #expect(
            script.lines("in")
                == zip(frames, bodies).map { frame, body in
                    "{\"id\":\"\(DeviceFrames.identity(frame))\"," + body.dropFirst()
                })
        try await alba.stop()
    }

    @Test func `batches are arrays`() async throws {
        let script = try HookScript(#"cat >> "$D/in""#)
        try await withGateway(
            alba: script.path, routes: ["batch_events: 100", "linger_ms: 50"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("routes.alba.delivered", 20)
        }
        let events = try script.lines("in").flatMap { line in
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(json as? [[String: Any]])
        }
        #expect(events.count == 20 && script.lines("in").count < 20)
        #expect(events.allSatisfy { $0["id"] != nil && $0["payload"] != nil })
    }

    @Test func `an exit code condemns, with itself and what the program says, without secrets`()
        async throws
    {
        let script = try HookScript(#"echo "no lamp, $KEY" >&2; exit 65"#)
        let routes = ["environment:", "  KEY: s3cr3t-s3cr3t"]
        try await withGateway(alba: script.path, routes: routes) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...2))
            try await gateway.reaches("routes.alba.dead_letters", 2)
            let letters = gateway.gateway.snapshot([]).routes[0].newestDeadLetters
            #expect(letters.map(\.error) == ["exit code 65", "exit code 65"])
            #expect(letters.map(\.reason) == ["no lamp, (secret)", "no lamp, (secret)"])
            #expect(!gateway.log.lines.joined().contains("s3cr3t"))
        }
    }

    @Test func `of a batch only the event is condemned that the program cannot stand`()
        async throws
    {
        let script = try HookScript(
            #"""
            cat > "$D/$$"
            if grep -q '"pressure_pa":13}' "$D/$$"; then exit 1; fi
            cat "$D/$$" >> "$D/taken"
            """#)
        try await withGateway(
            alba: script.path, routes: ["batch_events: 100", "linger_ms: 50"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(11...18))
            try await gateway.reaches("routes.alba.delivered", 7)
            try await gateway.reaches("routes.alba.dead_letters", 1)
        }
        #expect(!script.text("taken").contains("\"pressure_pa\":13}"))
    }

    @Test(arguments: [
        ("exit 75", 60_000, "exit code 75: not yet"),
        ("kill -9 $$", 60_000, "ended by signal 9 (Killed): not yet"),
        ("sleep 300", 300, "timeout after 300 ms: not yet"),
    ])
    func `what may pass is tried again`(
        failing: String, milliseconds: Int, error: String
    ) async throws {
        let script = try HookScript(
            #"if [ -e "$D/mended" ]; then cat >> "$D/in"; exit 0; fi; echo not yet >&2; "#
                + failing)
        let routes = ["timeout_ms: \(milliseconds)"]
        try await withGateway(alba: script.path, routes: routes) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            let isShown = try await eventually {
                try await gateway.text("routes.alba.last_error") == error
            }
            let shown = try await gateway.text("routes.alba.last_error")
            #expect(isShown, "\(shown)")
            try script.touch("mended")
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        let taken = script.lines("in")
        // A program whose time is over when it has just written is run once more.
        #expect(milliseconds == 300 ? Set(taken).count == 1 : taken.count == 1)
    }

    @Test func `a program that goes missing is waited for`() async throws {
        let script = try HookScript("exit 0")
        try await withGateway(alba: script.path) { gateway in
            try script.remove()
            try await gateway.send([DeviceFrames.pressure(1)])
            let isShown = try await eventually {
                try await gateway.text("routes.alba.last_error")
                    == "cannot be started: it, or the interpreter that it names, is not there or not executable"
            }
            #expect(isShown)
            try script.write("exit 0")
            try await gateway.reaches("routes.alba.delivered", 1)
        }
    }

    @Test func `no more run at once than the route may have`() async throws {
        let script = try HookScript(
            #"""
            mkdir "$D/running.$$"
            # The first waits for another, however long that takes to be started.
            until [ -e "$D/met" ]; do
                if [ $(ls -d "$D"/running.* | wc -l) -gt 1 ]; then touch "$D/met"; fi
                sleep 0.01
            done
            ls -d "$D"/running.* | wc -l >> "$D/counts"
            sleep 0.05
            rmdir "$D/running.$$"
            """#)
        try await withGateway(alba: script.path, routes: ["concurrency: 3"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("routes.alba.delivered", 20)
        }
        let counts = script.lines("counts").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        #expect(counts.count == 20)
        #expect((2...3).contains(counts.max() ?? 0), "\(counts)")
    }

    @Test func `a stop ends what runs, and its packets wait for the next start`() async throws {
        let folder = try TemporaryFolder()
        let script = try HookScript(
            #"if [ -e "$D/mended" ]; then cat >> "$D/in"; exit 0; fi; "#
                + #"trap '' TERM; echo $$ >> "$D/pids"; sleep 300 & echo $! >> "$D/pids"; wait; wait"#
        )
        let state = folder.path + "/state"
        try await withGateway(
            alba: script.path, routes: ["timeout_ms: 600000"], state: state,
            adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            let isStarted = try await eventually { script.lines("pids").count == 2 }
            #expect(isStarted)
            let started = ContinuousClock.now
            try await gateway.stop()
            #expect(ContinuousClock.now - started < .seconds(15))
            let isEnded = try await eventually { !script.runs("pids") }
            #expect(isEnded)
            #expect(try await gateway.number("routes.alba.waiting") == 1)
        }
        try script.touch("mended")
        try await withGateway(alba: script.path, state: state) { gateway in
            try await gateway.reaches("routes.alba.delivered", 1)
        }
        #expect(script.lines("in").count == 1)
    }
}
