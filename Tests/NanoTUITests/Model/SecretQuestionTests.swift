import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SecretQuestionTests {
    @Test func `a device of a model whose devices have keys of their own needs its name`() {
        var model = ConsoleModel.sampleWithDevice
        model.press(.character("6"))
        model.type(":provision 0x30")
        model.press(.enter)
        #expect(model.notice?.text.contains("devices of 0x30 ASIC have keys of their own") == true)
        model.type(":provision 0x77")
        model.press(.enter)
        #expect(model.picture(120, 40).contains("Provision any device of 0x77?"))
    }

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

    @Test func `what is refused already is not said to be refused later`() {
        var late = model(using: [5, 4, 1])
        late.press(.character("p"))
        guard case .confirmation(let question) = late.overlay else {
            Issue.record("nothing is asked")
            return
        }
        let text = question.text.joined(separator: " ")
        #expect(text.contains("1 of 3 devices active in the last 24 hours do not use it yet"))
        #expect(
            text.contains(
                "1 device used last what is not accepted any more, and is refused unless updated since: "
                    + "ESP32-002.")
        )
        #expect(late.press(.character("y")) == [.perform(.promoteSecret(esp32, forced: true))])
        var lost = model(using: [5, 1])
        lost.press(.character("p"))
        #expect(lost.picture(120, 40).contains("All others that were active"))
        #expect(lost.press(.character("y")) == [.perform(.promoteSecret(esp32, forced: true))])
        var alone = model(using: [1])
        alone.press(.character("p"))
        #expect(!alone.picture(120, 40).contains("All others"))
        #expect(alone.picture(120, 40).contains("used last what is not accepted"))
    }

    @Test func `generations that are used and not accepted any more are told of`() {
        var model = model(using: [5, 1])
        #expect(!model.picture(120, 40).contains("not accepted any more"))
        var snapshot = model.live
        snapshot.adoptions = SecretAdoption.byModel(
            snapshot.devices, nowUnixMilliseconds: snapshot.gateway.unixMilliseconds)
        model.receive(snapshot)
        #expect(
            model.picture(120, 40).contains(
                "▲ 0x10 ESP32: generation 1 is not accepted any more, and 1 device used it last: "
                    + "ESP32-001"))
        #expect(model.picture(80, 24).contains("generation 1 is not accepted any more"))
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
        let line = model.picture(80, 24).split(separator: "\n").last ?? ""
        #expect(line.contains("Accept generation 3 of 0x10 ESP32 for 3d"))
        #expect(line.contains("Enter") && line.contains("Esc"), "\(line)")
        // What is proposed gives way to what is typed.
        model.type("2h")
        #expect(model.picture(80, 24).contains(" for 2h"))
        #expect(model.picture(80, 24).contains("its grace lasts"))
        #expect(model.press(.enter).isEmpty)
        model.press(.control("u"))
        model.type("7d")
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains("until 2026-01-08 00:01:31Z, 7d from now"))
        #expect(picture.contains("1 of 2 devices active in the last 24 hours have used it"))
        let end = SampleGateway.unixMilliseconds + 91_000 + 7 * 86_400_000
        #expect(
            model.press(.character("y"))
                == [
                    .perform(.extendGrace(esp32, generation: 3, untilUnixMilliseconds: end))
                ])
        model.press(.up, .character("e"))
        #expect(model.picture(80, 24).contains("only a former secret in its grace"))
    }

    @Test func `a new device is asked about, and then watched until its first packet`() {
        var model = model(using: [])
        model.press(.character("n"))
        #expect(model.picture(80, 24).contains("New device, model and device_id: 0x10"))
        model.press(.control("u"))
        model.type("ESP32-090")
        #expect(model.press(.enter).isEmpty)
        #expect(model.picture(80, 24).contains("a model, and the device_id"))
        // What nobody sees in an id would be looked for long.
        for id in ["ESP32-090 ", " ESP32-090", "ESP32\u{200B}"] {
            model.press(.control("u"))
            model.type("0x30 " + id)
            #expect(model.press(.enter).isEmpty)
            #expect(model.picture(100, 24).contains("can be no device_id here"), "\(id)")
        }
        model.press(.control("u"))
        model.type("0x30 ASIC-1")
        model.press(.enter)
        let question = model.picture(100, 24)
        #expect(question.contains("Provision ASIC-1 of 0x30 ASIC?"))
        #expect(question.contains("has no secret: one is made"))
        #expect(
            model.press(.character("y")) == [.perform(.provision(.asicMulti, device: "ASIC-1"))])
        #expect(model.watch == nil)
        // What was asked for before says nothing of it.
        model.finish(.pauseRoute("alba"), .done("alba is paused; its packets wait"))
        #expect(model.watch == nil)
        model.finish(
            .provision(.asicMulti, device: "ASIC-1"),
            .done("0x30: what device ASIC-1 needs is in a file"))
        model.press(.escape)
        #expect(
            model.picture(100, 24).contains("waits for the first packet of ASIC-1 of 0x30 ASIC"))
        #expect(model.parts.isSuperset(of: [.packets, .rejections]))

        var snapshot = SampleGateway.snapshot(second: 95)
        let now = snapshot.gateway.unixMilliseconds
        func record(_ refusal: Refusal?) -> PacketRecord {
            PacketRecord(
                id: 9, unixMilliseconds: now, address: "10.0.4.9:5", bytes: [], refusal: refusal,
                model: .asicMulti, deviceID: "ASIC-1")
        }
        snapshot.rejections.append(
            record(Refusal(.timestampDrift, observed: .integer(3_712), allowed: .integer(3_600))))
        model.receive(snapshot)
        #expect(model.picture(120, 24).contains("ASIC-1 of 0x30 ASIC: its clock is 3,712 s behind"))
        snapshot.packets.append(record(nil))
        model.receive(snapshot)
        #expect(model.picture(120, 24).contains("first packet of ASIC-1 accepted, from 10.0.4.9:5"))
        #expect(model.parts == ViewKind.secrets.parts)
        model.press(.escape)
        #expect(model.watch == nil)
    }

    @Test func `what could not be provisioned is not waited for`() {
        var model = model(using: [])
        model.press(.character("n"), .enter, .character("y"))
        model.finish(
            .provision(.esp32Pressure, device: nil),
            .failed("devices of 0x10 have keys of their own; name the device"))
        #expect(model.watch == nil)
        model.finish(.resumeRoute("alba"), .done("alba flows again"))
        #expect(model.watch == nil)
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
        #expect(model.picture(80, 24).contains("no secret is staged for this model"))
        model.press(.character("x"))
        #expect(model.picture(80, 24).contains("only a former secret"))
        #expect(model.press(.character("y")).isEmpty)
    }
}
