import NanoCore
import Testing

@testable import NanoTUI

@Suite struct CommandTextTests {
    private var context: CommandContext {
        var model = ConsoleModel.sample
        model.themeNames = ["dusk", "paper"]
        return model.commandContext
    }

    private func refusal(_ line: String, in context: CommandContext) -> CommandFault? {
        do throws(CommandFault) {
            _ = try CommandText(line).invocation(in: context)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("pause alba", Action.pause, ["alba"]), ("secrets promote 0x10", .promote, ["0x10"]),
        ("secrets  extend 0x10 3 7d ", .extend, ["0x10", "3", "7d"]),
        ("devices block 0x10 \"pump 7\"", .blockDevice, ["0x10", "pump 7"]),
        ("devices block 0x10 \"a\\\"b\"", .blockDevice, ["0x10", "a\"b"]),
        ("show rejections", .show(.rejections), []), ("theme paper", .theme, ["paper"]),
        ("sort rate ascending", .sort, ["rate", "ascending"]), ("quit", .quit, []),
        ("filter model:0x10  \"a b\"", .filter, ["model:0x10  \"a b\""]),
        ("dead-letters redrive alba 12", .redrive, ["alba", "12"]),
    ])
    func `a line is a command with its arguments`(
        line: String, action: Action, arguments: [String]
    ) throws {
        var context = context
        context.view = .devices
        #expect(
            try CommandText(line).invocation(in: context)
                == Invocation(action: action, arguments: arguments))
    }

    @Test(arguments: [
        ("", "type a command", 0..<0), ("puase alba", "did you mean pause?", 0..<5),
        ("x", "no command is called x; in the console Tab lists them", 0..<1),
        ("pause albo", "did you mean alba?", 6..<10),
        ("pause x", "there are alba, cycle, influx", 6..<7),
        ("secrets", "behind secrets stands one of stage", 0..<7),
        ("secrets prmote 0x10", "did you mean promote?", 8..<14),
        ("secrets stage 16x", "16x is no model", 14..<17),
        ("secrets revoke 0x10 9", "has no generation 9; it has 3 and 4", 20..<21),
        ("secrets revoke 0x10", "GENERATION is missing", 0..<19),
        ("copy hex c", "allowed is copy hex|c|json|curl|text", 9..<10),
        ("pause alba cycle", "that is too much; allowed is pause ROUTE", 11..<16),
        ("quit now", "nothing may stand behind quit", 5..<8),
        ("devices block 0x10 \"a", "a quotation mark is not closed", 19..<21),
        ("filter nonsense:1", "no key is called nonsense", 7..<17),
        ("secrets extend 0x10 3 5y", "5y is no time; say 1m…365d", 22..<24),
        ("skip", "ROUTE is missing", 0..<4), ("follow", "follow works in devices, packets", 0..<6),
        ("theme \u{1B}[2J", "no theme is called \\u{1B}[2J", 6..<10),
    ])
    func `what is wrong is told, where, and what is allowed`(
        line: String, words: String, range: Range<Int>
    ) throws {
        let fault = try #require(refusal(line, in: context))
        #expect(fault.words.contains(words), "\(fault.words)")
        #expect(fault.range == range)
    }

    @Test func `without a cursor it has to be said what a command is about`() {
        var context = context
        context.view = .routes
        #expect(refusal("pause", in: context) == nil)
        context.isScript = true
        #expect(refusal("pause", in: context)?.words.contains("ROUTE is missing") == true)
    }

    @Test func `who only looks has no command that changes anything, and is told so`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .looking)
        model.receive(SampleGateway.snapshot(second: 1))
        let context = model.commandContext
        #expect(
            refusal("pause alba", in: context)?.words
                == "pause changes the gateway, which this console may not")
        let offered = CommandText("").completion(in: context).candidates.map(\.text)
        #expect(offered.contains("show") && offered.contains("theme"))
        #expect(!offered.contains("pause") && !offered.contains("secrets"))
    }

    @Test(arguments: [
        ("pau", ["pause"]),
        ("s", ["show", "skip", "secrets", "save", "sort", "step-back", "step-forward"]),
        ("secrets p", ["promote"]), ("pause ", ["alba", "cycle", "influx"]),
        ("pause c", ["cycle"]), ("secrets revoke 0x10 ", ["4", "3"]),
        ("theme p", ["paper"]), ("dump ", ["pcapng", "ndjson", "hex"]),
        ("show pa", ["packets"]), ("pause alba ", []), ("nonsense ", []),
    ])
    func `what may come next is offered`(line: String, candidates: [String]) {
        let completion = CommandText(line).completion(in: context)
        #expect(Set(completion.candidates.map(\.text)) == Set(candidates))
    }

    @Test func `a device's name is put in so that it stands for itself`() {
        var context = context
        var device = DeviceSnapshot(model: .esp32Pressure, id: "pump \"7\"")
        device.address = "10.0.4.1:1"
        context.devices = [device]
        let text = CommandText("devices block 0x10 ").completion(in: context).candidates[0].text
        #expect(CommandText("x " + text).words.last?.text == "pump \"7\"")
    }

    @Test func `every action has a name of its own that leads back to it`() throws {
        let names = KeyMap.table.map(\.action.name)
        #expect(Set(names).count == names.count)
        for binding in KeyMap.table {
            let view = binding.views?.first ?? .overview
            var context = context
            context.view = view
            context.bindings = KeyMap.table
            let line = CommandText(binding.action.name)
            #expect(try line.invocation(in: context).action == binding.action)
        }
    }
}
