import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SavingLogTests {
    private func saved(_ effects: [Effect]) -> SavedText? {
        effects.lazy.compactMap { if case .save(let file) = $0 { file } else { nil } }.first
    }

    @Test func `the key proposes a name like those of dumps, and Enter saves what is listed`() {
        var model = ConsoleModel.sample
        model.press(.character("8"), .character("d"))
        #expect(model.picture(120, 40).contains("save nanogridata-2026"))
        let file = saved(model.press(.enter))
        #expect(
            file?.path.firstMatch(of: /^nanogridata-\d{8}T[\d.]+Z\.log$/) != nil, "\(file as Any)")
        #expect(file?.text.split(separator: "\n").count == model.log.count)
        #expect(file?.subject == "\(model.log.count) lines of the log")
    }

    @Test func `what the filter leaves out is not saved, nor what is not marked`() throws {
        var model = ConsoleModel.sample
        let first = try #require(model.live.log.first { $0.level == "warning" })
        model.press(.character("8"))
        model.type("/level:warning")
        model.press(.enter)
        model.type(":save \"a b.log\"")
        let file = try #require(saved(model.press(.enter)))
        #expect(file.path == "a b.log")
        #expect(
            !file.text.isEmpty
                && file.text.split(separator: "\n").allSatisfy { $0.contains(" warning ") })
        #expect(
            file.text.hasPrefix(
                "\(Timestamp.iso8601(first.unixMilliseconds)) warning "
                    + "\(first.label): "))
        model.press(.escape, .home, .character("M"))
        model.type(":save x")
        #expect(saved(model.press(.enter))?.subject == "1 line of the log")
    }

    @Test func `elsewhere nothing is saved, and who only looks saves too`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .looking)
        model.receive(SampleGateway.snapshot(second: 1))
        model.type(":save x")
        #expect(saved(model.press(.enter)) == nil)
        #expect(model.notice?.text == "what is saved is the log: show log first")
        model.press(.character("8"))
        model.receive(SampleGateway.snapshot(second: 2))
        model.type(":save x")
        #expect(saved(model.press(.enter))?.path == "x")
    }

    @Test func `what became of the file is said, with its name`() {
        struct Fault: Error, CustomStringConvertible { let description = "x: File\u{1B} exists" }
        let file = SavedText(path: "a\u{7}", text: "t", subject: "2 lines of the log")
        #expect(file.write { _, _ in } == .done("2 lines of the log are in a\\u{7}"))
        #expect(
            file.write { _, _ in throw Fault() } == .failed("not saved: x: File\\u{1B} exists"))
        var model = ConsoleModel.sample
        model.finish(saving: file.write(by: nil))
        #expect(model.notice?.kind == .fault)
    }

    @Test func `a script says which file it has written, and ends where it could not`() {
        func run(_ result: CommandResult) -> (ScriptRun, [String]) {
            var model = ConsoleModel.sample
            var run = ScriptRun("show log\nsave x\n", file: "steps")
            var effects: [Effect] = []
            for look in 0..<4 {
                effects += run.advance(&model, now: UInt64(look) * 2_000)
                model.receive(SampleGateway.snapshot(second: 91 + look))
                if effects.contains(where: { if case .save = $0 { true } else { false } }) { break }
            }
            #expect(effects.count == 1)
            run.finish(saving: result)
            return (run, run.takeSentences())
        }
        #expect(run(.done("all is there")).1.last == "all is there")
        #expect(run(.failed("no room")).0.end == .failed("steps:2: no room"))
    }
}
