import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RotationRoundTests {
    /// A console whose gateway has secrets of three models, before its secrets.
    private func model(staged: Bool = false, graceHours: Int = 72) -> ConsoleModel {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.gateway.graceHours = graceHours
        var asic = snapshot.secrets[2]
        asic.model = .asicMulti
        snapshot.secrets.append(asic)
        if staged {
            asic.model = .stm32Gas
            (asic.generation, asic.state) = (2, .staged)
            snapshot.secrets.append(asic)
        }
        model.receive(snapshot)
        model.press(.character("6"), .character(":"))
        model.type("secrets rotate-all")
        model.press(.enter)
        return model
    }

    private func question(_ model: ConsoleModel) -> NanoTUI.Confirmation? {
        if case .confirmation(let question) = model.overlay { question } else { nil }
    }

    private let all: [Effect] = [
        .perform(.rotateSecret(.esp32Pressure)), .perform(.rotateSecret(.stm32Gas)),
        .perform(.rotateSecret(.asicMulti)),
    ]

    @Test func `how many there are has to be typed, before all are rotated one after the other`() {
        var model = model()
        let text = question(model)?.text.joined(separator: " ") ?? ""
        #expect(question(model)?.title == "Rotate the current secrets of 3 models?")
        #expect(
            text.hasPrefix(
                "1,020 devices seen since the start: 0x10 ESP32 (612 devices), 0x20 STM32 (310 devices), "
                    + "0x30 ASIC (98 devices). They need the new secrets within 72 hours"))
        #expect(model.picture(80, 24).contains("Type 3 to rotate:"))
        #expect(model.press(.character("y"), .enter).isEmpty)
        model.press(.backspace)
        model.type("3")
        #expect(model.press(.enter) == all)
    }

    @Test(arguments: [(60, 16), (80, 24)])
    func `what happens to whom is read whole`(size: (Int, Int)) {
        var model = model(staged: true)
        let words = model.picture(size.0, size.1).split { " │\n".contains($0) }
            .joined(separator: " ")
        #expect(words.contains("none is shown."), "\(words)")
    }

    @Test func `Enter on nothing typed rotates nothing`() {
        var model = model()
        #expect(model.press(.enter).isEmpty)
        #expect(question(model) == nil && model.rotation == nil)
    }

    @Test func `a model with a staged secret is left out, by name`() {
        var model = model(staged: true)
        let text = question(model)?.text ?? []
        #expect(
            text.contains("Left out, since a secret is staged: 0x20 STM32 (generation 2)."),
            "\(text)")
        model.type("2")
        #expect(model.press(.enter) == [all[0], all[2]])
    }

    @Test func `without a grace they are refused at once, which is said`() {
        let text = question(model(graceHours: 0))?.text.joined() ?? ""
        #expect(text.contains("They are refused from now on, until they have the new secrets"))
    }

    @Test func `what failed is told by name, and what was done with its file`() {
        var model = model()
        model.type("3")
        model.press(.enter)
        model.finish(.rotateSecret(.esp32Pressure), .done("0x10: its secret is in /a"))
        #expect(model.notice?.text == "1 of 3 models rotated so far")
        // Another is no part of it.
        model.finish(.rotateSecret(.custom), .done("another"))
        #expect(model.notice?.text == "another")
        model.finish(.rotateSecret(.stm32Gas), .failed("0x20: the disk is full"))
        model.type(":secrets rotate-all")
        model.press(.enter)
        #expect(model.notice?.text == "the models are being rotated already")
        model.finish(.rotateSecret(.asicMulti), .done("0x30: its secret is in /b"))
        #expect(model.notice?.kind == .fault)
        #expect(
            model.notice?.text
                == "2 of 3 models rotated; not rotated: 0x20 STM32: the disk is full; rotated: "
                + "0x10: its secret is in /a; 0x30: its secret is in /b")
        #expect(model.rotation == nil)
    }

    @Test func `all that were rotated are told with their files`() {
        var model = model()
        model.type("3")
        model.press(.enter)
        for id in [ModelID.esp32Pressure, .stm32Gas, .asicMulti] {
            model.finish(.rotateSecret(id), .done("\(id): in a file"))
        }
        #expect(model.notice?.kind == .done)
        #expect(
            model.notice?.text
                == "3 of 3 models rotated: 0x10: in a file; 0x20: in a file; 0x30: in a file")
    }

    @Test(arguments: [NanoTUI.Attachment.looking, .beside, .playing])
    func `who only looks has no such command`(attachment: NanoTUI.Attachment) {
        var model = ConsoleModel(themeName: "dusk", attachment: attachment)
        model.receive(SampleGateway.snapshot(second: 1))
        model.press(.character("6"))
        model.type(":secrets rotate-all")
        model.press(.enter)
        #expect(question(model) == nil)
        #expect(model.notice?.text.contains("which this console may not") == true)
        #expect(!KeyMap.commands(attachment).contains { $0.action == .rotateAll })
    }
}
