import NanoCore
import Testing

@testable import NanoTUI

@Suite struct ScriptTests {
    private var context: CommandContext {
        var model = ConsoleModel.sample
        model.themeNames = ["dusk"]
        return model.commandContext
    }

    private func fault(_ text: String) -> String? {
        do throws(ScriptFault) {
            _ = try Script(text, file: "steps", in: context)
            return nil
        } catch {
            return error.words
        }
    }

    @Test func `a script is commands, waits and expectations, with comments`() throws {
        let script = try Script(
            """
            # in the night
            pause alba --yes

              wait 5s
            wait until route alba flowing within 2m
            secrets promote 0x10 --yes --force
            expect waiting cycle >= 12031
            quit
            """, file: "steps", in: context)
        let flowing = try ScriptCondition(["route", "alba", "flowing"], in: context)
        let waiting = try ScriptCondition(["waiting", "cycle", ">=", "12031"], in: context)
        #expect(
            script.lines.map(\.step) == [
                .command(
                    Invocation(action: .pause, arguments: ["alba"]), isAgreed: true,
                    isForced: false),
                .wait(milliseconds: 5_000), .waitUntil(flowing, milliseconds: 120_000),
                .command(
                    Invocation(action: .promote, arguments: ["0x10"]), isAgreed: true,
                    isForced: true),
                .expect(waiting),
                .command(Invocation(action: .quit), isAgreed: false, isForced: false),
            ])
        #expect(script.lines.map(\.place) == [2, 4, 5, 6, 7, 8].map { "steps:\($0)" })
    }

    @Test(arguments: [
        ("show log\npuase alba", "steps:2: no command is called puase; did you mean pause?"),
        ("wait", "steps:1: how long?"), ("wait 5", "steps:1: how long?"),
        ("wait until", "steps:1: allowed are route NAME STATE"),
        ("wait until route albo flowing", "steps:1: no route is called albo"),
        ("wait until route alba flowin", "steps:1: no state is called flowin; did you mean"),
        ("expect joy > 1", "steps:1: joy cannot be looked at"),
        ("expect accepted 1", "steps:1: allowed are"),
        ("theme dusk --yes", "steps:1: theme asks nothing, and needs no --yes"),
        ("pause", "steps:1: ROUTE is missing"),
    ])
    func `all of it is looked at first, and the first fault told`(text: String, words: String) {
        #expect(fault(text)?.hasPrefix(words) == true, "\(fault(text) ?? "no fault")")
    }

    @Test func `what is taken back can be agreed to beforehand`() {
        #expect(fault("undo --yes") == nil && fault("undo") == nil)
    }
}

@Suite struct ScriptRunTests {
    /// Runs a script against the sample gateway, a snapshot a second, for a minute and a half at most.
    ///
    /// - Parameters:
    ///   - result: What the gateway answers.
    ///   - change: What the snapshot of a second is like.
    private func run(
        _ text: String, result: CommandResult = .done("done"),
        change: (Int, inout Snapshot) -> Void = { _, _ in }
    ) -> (effects: [Effect], end: ScriptRun.End?, seconds: Int) {
        var model = ConsoleModel.sample
        var run = ScriptRun(text, file: "steps")
        var all: [Effect] = []
        for second in 0..<90 {
            var snapshot = SampleGateway.snapshot(second: 91 + second)
            change(second, &snapshot)
            model.receive(snapshot)
            let effects = run.advance(&model, now: UInt64(second) * 1_000)
            all += effects
            for case .perform(let command) in effects {
                model.finish(command, result)
                run.finish(command, result)
            }
            if run.end != nil || effects.contains(.quit) { return (all, run.end, second) }
        }
        return (all, run.end, 90)
    }

    @Test func `commands are done one after the other, to the end`() {
        let (effects, end, _) = run(
            "pause alba --yes\nresume cycle\nskip influx --yes influx\ntheme dusk\n",
            change: { _, _ in })
        #expect(end == .failed("steps:4: no theme is called dusk; there is none"))
        #expect(effects.isEmpty, "the whole of it is looked at before the first acts")
        let (done, success, _) = run("pause alba --yes\nresume cycle\nskip influx --yes influx")
        #expect(success == .done)
        #expect(
            done == [
                .perform(.pauseRoute("alba")), .perform(.resumeRoute("cycle")),
                .perform(.skipRoute("influx")),
            ])
    }

    @Test func `what a script opens is closed by its next command`() {
        let (done, end, _) = run("help\npause alba --yes\nhelp\n")
        #expect(end == .done)
        #expect(done == [.perform(.pauseRoute("alba"))])
    }

    @Test func `it waits while somebody is asked or types, or looks at the past`() {
        for keys in [[Key.character("5"), .character("p")], [.character(":")], [.character("<")]] {
            var model = ConsoleModel.sample
            model.receive(SampleGateway.snapshot(second: 91))
            for key in keys { model.press(key) }
            var run = ScriptRun("pause alba --yes", file: "steps")
            for second in 0..<5 as Range<UInt64> {
                #expect(run.advance(&model, now: second * 1_000).isEmpty)
            }
            #expect(run.end == nil)
            model.press(.escape, .character(" "), .character(" "))
            if model.rewound != nil { model.press(.character(" ")) }
            if model.isFrozen { model.press(.character(" ")) }
            let effects = (5..<9 as Range<UInt64>).flatMap {
                run.advance(&model, now: $0 * 1_000)
            }
            #expect(effects == [.perform(.pauseRoute("alba"))])
        }
    }

    @Test func `a gateway that does not answer meets no condition`() {
        let (_, end, seconds) = run(
            "expect route alba flowing",
            change: { _, snapshot in
                snapshot.gateway.state = .unreachable
            })
        #expect(seconds == 0)
        guard case .failed = end else {
            Issue.record("it was met")
            return
        }
    }

    @Test func `what asks first needs a yes on its line`() {
        let (effects, end, _) = run("pause alba\nresume cycle")
        #expect(effects.isEmpty)
        guard case .failed(let words) = end else {
            Issue.record("it went on")
            return
        }
        #expect(words.hasPrefix("steps:1: Pause alba?") && words.hasSuffix("--yes behind it"))
    }

    @Test(arguments: [
        ("skip influx --yes", nil), ("skip influx --yes cycle", nil), ("skip influx", nil),
        ("skip influx --yes influx", Command.skipRoute("influx")),
        ("skip influx --force --yes \"influx\"", .skipRoute("influx")),
        ("pause alba --yes alba", .pauseRoute("alba")),
    ])
    func `what has to be typed is named by a script too`(line: String, command: Command?) {
        let (effects, end, _) = run(line)
        #expect(effects == command.map { [.perform($0)] } ?? [])
        guard command == nil else { return #expect(end == .done) }
        guard case .failed(let words) = end else {
            Issue.record("it went on")
            return
        }
        #expect(words.hasSuffix("Agree with --yes influx behind it"), "\(words)")
    }

    @Test func `what would cut devices off needs force as well`() {
        let stage: (Int, inout Snapshot) -> Void = { _, snapshot in
            var staged = SecretSnapshot(
                model: .esp32Pressure, generation: 5, state: .staged, fingerprint: "00",
                createdUnixMilliseconds: 0, validUntilUnixMilliseconds: nil, origin: "keystore")
            staged.devices = 0
            snapshot.secrets.append(staged)
            for index in snapshot.devices.indices { snapshot.devices[index].generation = 4 }
        }
        let (none, end, _) = run("secrets promote 0x10 --yes", change: stage)
        #expect(none.isEmpty)
        guard case .failed(let words) = end else {
            Issue.record("it went on")
            return
        }
        #expect(words.hasSuffix("Agree with --yes --force behind it"))
        let (effects, _, _) = run("secrets promote 0x10 --yes --force", change: stage)
        #expect(effects == [.perform(.promoteSecret(.esp32Pressure, forced: true))])
    }

    /// Runs a script against the sample gateway as a console does: snapshots come with what it asks for.
    private func runAsAsked(
        _ text: String, change: (inout Snapshot, SnapshotParts) -> Void
    ) -> (effects: [Effect], end: ScriptRun.End?) {
        var model = ConsoleModel(themeName: "dusk")
        var run = ScriptRun(text, file: "steps")
        var all: [Effect] = []
        // Four looks a second.
        for look in 0..<120 where run.end == nil {
            let parts = model.parts
            var snapshot = SampleGateway.snapshot(second: 91, parts: parts)
            snapshot.gateway.uptimeSeconds += Double(look) / 4
            change(&snapshot, parts)
            model.receive(snapshot)
            let effects = run.advance(&model, now: UInt64(look) * 250)
            all += effects
            for case .perform(let command) in effects {
                model.finish(command, .done("done"))
                run.finish(command, .done("done"))
            }
        }
        return (all, run.end)
    }

    @Test(arguments: ["", "wait 1s\n", "resume cycle\n", "show log\n"])
    func `whom a step would cut off is known wherever its line stands`(before: String) {
        let stage: (inout Snapshot, SnapshotParts) -> Void = { snapshot, parts in
            snapshot.secrets.append(
                SecretSnapshot(
                    model: .esp32Pressure, generation: 5, state: .staged, fingerprint: "00",
                    createdUnixMilliseconds: 0, validUntilUnixMilliseconds: nil,
                    origin: "keystore"))
            guard parts.contains(.devices) else { return }
            for index in snapshot.devices.indices { snapshot.devices[index].generation = 4 }
            snapshot.adoptions = SecretAdoption.byModel(
                snapshot.devices, nowUnixMilliseconds: snapshot.gateway.unixMilliseconds)
        }
        let (effects, end) = runAsAsked(
            before + "secrets promote 0x10 --yes --force", change: stage)
        #expect(end == .done)
        #expect(effects.last == .perform(.promoteSecret(.esp32Pressure, forced: true)))
        guard
            case .failed(let words) = runAsAsked(
                before + "secrets promote 0x10 --yes", change: stage
            ).end
        else {
            Issue.record("it was not asked")
            return
        }
        #expect(words.hasSuffix("Agree with --yes --force behind it"), "\(words)")
    }

    @Test func `what is decided about a device is asked by what is known of it`() {
        let (effects, end) = runAsAsked("wait 1s\ndevices block 0x10 ESP32-077") { _, _ in }
        #expect(effects.isEmpty)
        guard case .failed(let words) = end else {
            Issue.record("it was not asked")
            return
        }
        #expect(words.contains("It is waiting"), "\(words)")
        guard
            case .failed(let more) = runAsAsked(
                "wait 1s\ndevices approve 0x10 ESP32-077", change: { _, _ in }
            ).end
        else {
            Issue.record("it was not asked")
            return
        }
        #expect(more.contains("frames with a valid MAC"), "\(more)")
    }

    @Test func `it waits for a time, and until something is so`() {
        #expect(run("wait 5s").seconds >= 5)
        let (_, end, seconds) = run("wait until route cycle flowing") { second, snapshot in
            if second >= 20 { snapshot.routes[1].state = .flowing }
        }
        #expect(end == .done && (20...22).contains(seconds))
        let (_, late, _) = run("wait until route cycle flowing within 10s")
        #expect(late == .failed("steps:1: cycle is paused after 10 s"))
    }

    @Test func `what is expected and not so ends it`() {
        #expect(run("expect waiting cycle > 5").end == .done)
        #expect(run("expect alarms = 0").end == .failed("steps:1: alarms is 2"))
    }

    @Test func `what the gateway refuses ends it with the line's place`() {
        let (_, end, _) = run("\nresume cycle\nquit", result: .failed("it is not paused"))
        #expect(end == .failed("steps:2: it is not paused"))
    }

    @Test func `of a line with many commands all are done, and those that fail are told by name`() {
        var model = ConsoleModel.sample
        var run = ScriptRun("show secrets\nsecrets rotate-all --yes 2\nquit", file: "steps")
        var effects: [Effect] = []
        for second in 0..<5 as Range<UInt64> where effects.isEmpty {
            model.receive(SampleGateway.snapshot(second: 91 + Int(second)))
            effects = run.advance(&model, now: second * 1_000)
        }
        #expect(
            effects == [
                .perform(.rotateSecret(.esp32Pressure)), .perform(.rotateSecret(.stm32Gas)),
            ]
        )
        run.finish(.rotateSecret(.esp32Pressure), .failed("0x10: the disk is full"))
        #expect(run.end == nil)
        run.finish(.rotateSecret(.stm32Gas), .failed("the disk is full"))
        #expect(
            run.end == .failed("steps:2: 0x10: the disk is full; 0x20: the disk is full"))
    }

    @Test func `quit ends it without a question`() {
        #expect(run("quit\nresume cycle").effects == [.quit])
    }

    @Test func `a dump waits for the packets of its view`() {
        let (effects, end, _) = run("show packets\ndump hex --yes")
        #expect(end == .done)
        guard case .perform(.dump(let records, .hex)) = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(records.count == 30)
    }
}
