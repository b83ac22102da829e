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

    @Test func `what cannot be done is said and not asked`() {
        var model = ConsoleModel.sample
        model.press(.character("6"), .home, .character("p"))
        #expect(model.picture(80, 24).contains("s stages one"))
        model.press(.character("x"))
        #expect(model.picture(80, 24).contains("only a former secret"))
        #expect(model.press(.character("y")).isEmpty)
    }
}
