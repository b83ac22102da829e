import NanoCore
import Testing

@testable import NanoTUI

@Suite struct CommandLineTests {
    private func model(_ keys: Key...) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.themeNames = ["dusk", "paper"]
        for key in keys { _ = model.handle(key) }
        return model
    }

    private func run(_ line: String, in model: inout ConsoleModel) -> [Effect] {
        model.press(.character(":"))
        model.type(line)
        return model.press(.enter)
    }

    @Test func `what was wrong with a line is not said of the next`() {
        for last in [Key.control("u"), .escape] {
            var typed = model()
            _ = run("show x", in: &typed)
            #expect(typed.notice?.kind == .fault)
            typed.press(last)
            #expect(typed.notice == nil)
        }
    }

    @Test func `a command asks what its key asks`() {
        var typed = model()
        _ = run("pause alba", in: &typed)
        var pressed = model(.character("5"), .home)
        pressed.press(.character("p"))
        guard case .confirmation(let first) = typed.overlay,
            case .confirmation(let second) = pressed.overlay
        else {
            Issue.record("no question")
            return
        }
        #expect(first.title == second.title && first.text == second.text)
        #expect(typed.press(.enter).isEmpty)
        _ = run("pause alba", in: &typed)
        #expect(typed.press(.character("y")) == [.perform(.pauseRoute("alba"))])
    }

    @Test func `commands name what they are about, whatever is under the cursor`() {
        var model = model(.character("6"))
        #expect(run("resume cycle", in: &model).contains(.perform(.resumeRoute("cycle"))))
        _ = run("secrets stage 0x20", in: &model)
        #expect(model.press(.character("y")) == [.perform(.stageSecret(.stm32Gas))])
        _ = run("devices block 0x10 ESP32-007", in: &model)
        let name = DeviceName(.esp32Pressure, "ESP32-007")
        #expect(model.press(.character("y")) == [.perform(.register(.block(name)))])
        _ = run("devices block-address 10.0.4.17", in: &model)
        let block = Command.blockAddress("10.0.4.17", seconds: 3_600)
        #expect(model.press(.character("y")) == [.perform(block)])
        // As a shell has it, and the alarm that tells of a block.
        _ = run("devices block 10.0.4.17", in: &model)
        #expect(model.press(.character("y")) == [.perform(block)])
        _ = run("devices unblock 10.0.4.66", in: &model)
        #expect(model.press(.character("y")) == [.perform(.unblockAddress("10.0.4.66"))])
        #expect(run("theme paper", in: &model).contains(.theme("paper")))
        _ = run("show devices", in: &model)
        #expect(model.view == .devices)
        _ = run("filter device:ESP32-01*", in: &model)
        #expect(model.devices.count == 10)
    }

    @Test func `a wrong line stays to be mended, and is told`() {
        var model = model()
        #expect(run("pause albo", in: &model).isEmpty)
        #expect(model.picture(80, 24).contains("no route is called albo; did you mean alba?"))
        model.press(.backspace, .character("a"))
        #expect(model.press(.enter).contains(.remember("pause alba")))
    }

    @Test func `nothing is called wrong that may still become right`() {
        var model = model(.character(":"))
        model.type("pau")
        let picture = model.picture(80, 24)
        #expect(picture.contains("pause") && !picture.contains("did you mean"))
    }

    @Test func `traffic neither ends what is typed nor changes it`() {
        var model = model(.character(":"))
        model.type("pause al")
        model.receive(SampleGateway.snapshot(second: 91))
        model.press(.tab)
        #expect(model.press(.enter).contains(.remember("pause alba")))
    }

    @Test func `Up brings back what was entered`() {
        var model = model()
        _ = run("show log", in: &model)
        model.press(.character(":"), .up)
        #expect(model.typedLine?.line.text == "show log")
        model.press(.escape)
        #expect(model.typedLine == nil)
    }

    @Test func `in the past commands are refused`() {
        var model = model(.character("<"))
        #expect(!run("resume cycle", in: &model).contains(.perform(.resumeRoute("cycle"))))
        #expect(model.notice?.text.contains("space goes back to now") == true)
    }
}
