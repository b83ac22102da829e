import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SecretQuestionTests {
    /// The secrets of the sample, with a staged generation for the pressure sensors, and devices that
    /// use some of them.
    private func model(using generations: [Int]) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.press(.character("6"), .home)
        var snapshot = SampleGateway.snapshot(second: 91)
        let staged = SecretSnapshot(
            model: .esp32Pressure, generation: 5, state: .staged, fingerprint: "00112233aabbccdd",
            createdUnixMilliseconds: snapshot.gateway.unixMilliseconds,
            validUntilUnixMilliseconds: nil, origin: "keystore")
        snapshot.secrets.insert(staged, at: 1)
        snapshot.devices = generations.enumerated().map { number, generation in
            var device = DeviceSnapshot(model: .esp32Pressure, id: "ESP32-00\(number)")
            device.generation = generation
            device.lastSeenUnixMilliseconds = snapshot.gateway.unixMilliseconds - 1_000
            return device
        }
        model.receive(snapshot)
        return model
    }

    private let esp32 = ModelID.esp32Pressure

    @Test func `staging asks for the model under the cursor, and not twice`() {
        var fresh = ConsoleModel.sample
        fresh.press(.character("6"), .end, .character("s"))
        #expect(fresh.picture(80, 24).contains("Stage a new secret for 0x20 STM32?"))
        #expect(fresh.press(.character("y")) == [.perform(.stageSecret(.stm32Gas))])
        var staged = model(using: [])
        staged.press(.character("s"))
        #expect(staged.picture(80, 24).contains("generation 5 of 0x10 is staged already"))
        staged.press(.character("R"))
        #expect(staged.picture(80, 24).contains("is staged: promote or abort"))
    }

    @Test func `promoting names devices that have not followed, and then is forced`() {
        var late = model(using: [5, 4, 4])
        late.press(.character("p"))
        let picture = late.picture(120, 40)
        #expect(picture.contains("2 of 3 devices active"))
        #expect(picture.contains("ESP32-001, ESP32-002"))
        #expect(late.press(.character("y")) == [.perform(.promoteSecret(esp32, forced: true))])
        var ready = model(using: [5, 5])
        ready.press(.character("p"))
        #expect(ready.picture(120, 40).contains("All 2 devices active"))
        #expect(ready.press(.character("y")) == [.perform(.promoteSecret(esp32, forced: false))])
    }

    @Test func `aborting and revoking name the devices that would be refused`() {
        var used = model(using: [5, 4])
        used.press(.character("a"))
        #expect(used.picture(120, 40).contains("1 of 2 devices active in the last 24 hours use it"))
        #expect(used.press(.character("y")) == [.perform(.abortRotation(esp32, forced: true))])
        used.press(.down, .down, .character("x"))
        #expect(used.picture(120, 40).contains("No active device uses it any more"))
        #expect(
            used.press(.character("y"))
                == [.perform(.revokeSecret(esp32, generation: 3, forced: false))])
    }

    @Test func `a grace is made longer after its new end and its devices were shown`() {
        var model = model(using: [5, 3])
        model.press(.down, .down, .character("e"))
        #expect(model.picture(80, 24).contains("Accept generation 3 of 0x10 ESP32 from now on for 3d"))
        model.press(.control("u"))
        model.type("2h")
        #expect(model.picture(80, 24).contains("its grace lasts"))
        #expect(model.press(.enter).isEmpty)
        model.press(.control("u"))
        model.type("7d")
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains("until 2026-01-08 00:01:31Z, 7d from now"))
        #expect(picture.contains("1 of 2 devices active in the last 24 hours have used it last"))
        let end = SampleGateway.unixMilliseconds + 91_000 + 7 * 86_400_000
        #expect(
            model.press(.character("y"))
                == [
                    .perform(.extendGrace(esp32, generation: 3, untilUnixMilliseconds: end))
                ])
        model.press(.up, .character("e"))
        #expect(model.picture(80, 24).contains("only a former secret in its grace"))
    }

    @Test func `what is overdue is said in its row, and its alarm leads there`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let now = snapshot.gateway.unixMilliseconds
        snapshot.secrets[2].currentSinceUnixMilliseconds = now - 97 * 86_400_000
        snapshot.secrets[2].rotateAfterSeconds = 90 * 86_400
        var alarm = AlarmSnapshot(
            id: "secret/0x20", severity: .warning, unixMilliseconds: now, title: "secret overdue",
            text: "0x20 STM32 uses one that is 97 d old, due after 90 d; stage a new one")
        alarm.model = .stm32Gas
        snapshot.alarms = [alarm]
        model.receive(snapshot)
        model.press(.character("1"), .end, .enter)
        let picture = model.picture(80, 24)
        #expect(picture.contains("Secrets · 3") && picture.contains("7 d late"))
        #expect(model.chosenSecret?.model == .stm32Gas)
        model.press(.escape)
        #expect(model.view == .overview)
    }

    @Test func `what cannot be done is said and not asked`() {
        var model = ConsoleModel.sample
        model.press(.character("6"), .home, .character("p"))
        #expect(model.picture(80, 24).contains("s stages one"))
        model.press(.character("x"))
        #expect(model.picture(80, 24).contains("only a former secret"))
        #expect(model.press(.character("y")).isEmpty)
    }
}
