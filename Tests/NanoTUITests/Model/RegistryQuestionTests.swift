import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RegistryQuestionTests {
    @Test func `of a device that was not heard no rate is told`() {
        var model = ConsoleModel.sample
        model.type(":devices block 0x10 nope")
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains("It has not been heard since the start."))
        #expect(!picture.contains("0.0 packets"))
    }

    @Test func `of a refused device the question says what is refused, and why`() throws {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let index = try #require(snapshot.devices.indices.first)
        snapshot.devices[index].isRefused = true
        snapshot.devices[index].packetsPerSecond = 0
        snapshot.devices[index].refused = 3
        let device = snapshot.devices[index]
        for place in snapshot.rejections.indices {
            snapshot.rejections[place].model = device.model
            snapshot.rejections[place].deviceID = device.id
        }
        func question(_ rejections: [PacketRecord]) -> String {
            snapshot.rejections = rejections
            model.receive(snapshot)
            model.type(":devices block \(device.model) \(device.id)")
            model.press(.enter)
            defer { model.press(.escape) }
            guard case .confirmation(let question) = model.overlay else { return "" }
            return question.text.joined(separator: " ")
        }
        let reason = try #require(snapshot.rejections.last?.refusal?.reason.name)
        let words = question(snapshot.rejections)
        #expect(words.hasPrefix("Nothing of it is accepted any more: "), "\(words)")
        #expect(
            words.contains(" frames a second with its name are refused, the newest as \(reason). "),
            "\(words)")
        #expect(!words.contains("0.0"), "\(words)")
        #expect(question([]).contains("any more: 3 frames of it were refused so far. "))
    }

    private let first = DeviceName(.esp32Pressure, "ESP32-077")

    private func step(_ effects: [Effect]) -> RegistryStep? {
        guard case .perform(.register(let step))? = effects.first, effects.count == 1 else {
            return nil
        }
        return step
    }

    @Test func `approving and rejecting name the device, and what it has sent`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("w"), .character("a"))
        let picture = model.picture(120, 40)
        #expect(picture.contains("Approve 0x10 ESP32-077?"))
        #expect(picture.contains("180 frames with a valid MAC"))
        #expect(picture.contains("10.0.4.99:40100"))
        #expect(step(model.press(.character("y"))) == .approve(first))
        model.press(.character("x"))
        #expect(model.picture(80, 24).contains("Reject 0x10 ESP32-077?"))
        #expect(step(model.press(.character("y"))) == .reject(first))
    }

    @Test func `the cursor goes on from a rejected device to the next that waits`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("w"))
        let waiting = model.unheard.filter { $0.standing == nil }.map(\.name)
        guard waiting.count > 1 else { return #expect(Bool(false), "one waits alone") }
        model.press(.character("x"), .character("y"))
        #expect(model.chosenRow?.name == waiting[1])
        // Behind the last of them there are others that do not wait.
        for _ in waiting.dropFirst(2) { model.press(.down) }
        model.press(.character("x"), .character("y"))
        #expect(model.chosenRow.map { $0.standing == nil } == true)
    }

    @Test func `what was turned away can be approved and forgotten, not rejected again`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("w"), .end, .character("x"))
        #expect(model.picture(80, 24).contains("does not wait: it is blocked"))
        let blocked = DeviceName(.stm32Gas, "STM32-666")
        model.press(.character("D"))
        #expect(model.picture(120, 40).contains("Forget that 0x20 STM32-666 is blocked?"))
        #expect(step(model.press(.character("y"))) == .remove(blocked))
        model.press(.character("a"))
        #expect(step(model.press(.character("y"))) == .approve(blocked))
    }

    @Test func `a device is blocked from the list, and unblocked by the same key`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .character("b"))
        #expect(model.picture(80, 24).contains("Block 0x10 ESP32-001?"))
        let name = DeviceName(.esp32Pressure, "ESP32-001")
        #expect(step(model.press(.character("y"))) == .block(name))
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.devices.indices where snapshot.devices[index].id == name.id {
            snapshot.devices[index].standing = .blocked
        }
        model.receive(snapshot)
        model.press(.character("b"))
        #expect(step(model.press(.character("y"))) == .unblock(name))
    }

    @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
    func `a device that waits opens with what is known of it`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("w"), .enter)
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices where index % 4 == 0 {
            snapshot.rejections[index].deviceID = "ESP32-077"
        }
        model.receive(snapshot)
        model.receive(snapshot)
        let picture = model.picture(size.0, size.1)
        #expect(model.view == .device && model.device == first)
        #expect(
            picture.contains("waiting: refused until a approves it"), "\(picture)")
        #expect(picture.contains("182") && picture.contains("Packets · 3"), "\(picture)")
        #expect(picture.contains("10.0.4.99:40100") || size.1 == 16, "\(picture)")
        #expect(picture.contains("first seen") && !picture.contains("clock"), "\(picture)")
        #expect(!picture.contains("has not been heard"))
        let hints = picture.split(separator: "\n").last ?? ""
        #expect(hints.contains("block") || size.1 == 16, "\(picture)")
        model.press(.escape)
        #expect(model.view == .registry && model.cursor == 0)
    }

    @Test func `it is approved or blocked where it is open, and in the list`() {
        for keys in [[Key.enter], []] {
            var model = ConsoleModel.sample
            model.press(.character("2"), .character("w"))
            // Nothing of it is accepted: the gateway has nothing that it could keep.
            for key in keys { #expect(model.press(key).isEmpty) }
            model.press(.character("a"))
            #expect(step(model.press(.character("y"))) == .approve(first))
            model.press(.character("b"))
            #expect(model.picture(120, 40).contains("It is waiting, and none of its frames"))
            #expect(step(model.press(.character("y"))) == .block(first))
        }
        var blocked = ConsoleModel.sample
        blocked.press(.character("2"), .character("w"), .end, .enter)
        // What is not counted is not none.
        #expect(blocked.picture(80, 24).firstMatch(of: /refused +– +–/) != nil)
        blocked.press(.character("b"))
        #expect(
            step(blocked.press(.character("y"))) == .unblock(DeviceName(.stm32Gas, "STM32-666")))
    }

    @Test func `one that is named opens, too, and turns into a heard one when it is approved`() {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        model.type(":device 0x10 ESP32-077")
        model.press(.enter)
        #expect(model.view == .device && model.unheardRow?.name == first)
        var snapshot = SampleGateway.snapshot(second: 91)
        var device = snapshot.devices[0]
        device.id = first.id
        snapshot.devices.append(device)
        snapshot.registry.rows.removeFirst()
        model.receive(snapshot)
        #expect(model.unheardRow == nil && model.devices.map(\.id) == [first.id])
        #expect(model.picture(120, 40).contains("clock"))
    }

    @Test func `what is refused of one that waits has its rate`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("w"), .enter)
        for second in 91...105 { model.receive(SampleGateway.snapshot(second: second)) }
        #expect(model.deviceCurve.refusedPerSecond == 2)
    }

    @Test func `adopting asks for all, and no is no`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("A"))
        #expect(model.picture(80, 24).contains("Adopt all devices seen so far?"))
        #expect(model.press(.character("n")).isEmpty)
        model.press(.character("A"))
        #expect(step(model.press(.character("y"))) == .adopt(nil))
    }

    @Test func `an adoption says which devices are known then, and which go on waiting`() {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        var snapshot = SampleGateway.snapshot(second: 91)
        var adoption = RegistryAdoption()
        (adoption.heard, adoption.heardBefore) = (1_200, 18)
        (adoption.waiting, adoption.decided) = (1, 4)
        snapshot.registry.adoption = adoption
        model.receive(snapshot)
        model.press(.character("A"))
        guard case .confirmation(let question) = model.overlay else {
            Issue.record("nothing is asked")
            return
        }
        let text = question.text.joined(separator: " ")
        #expect(text.contains("1,218 devices are known from now on: 1,200 heard since the start"))
        #expect(text.contains("18 heard within the last day"))
        #expect(text.contains("1 of them waits for approval, and has it then."))
        #expect(text.contains("1 device that waits for approval and was not heard of late goes on"))
        #expect(text.contains("What was decided about 4 devices before stays."))
        #expect(model.picture(80, 24).contains("The registry is closed"))
    }

    @Test func `the alarm leads to the devices that wait, and Esc back`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.alarms = [
            AlarmSnapshot(
                id: AlarmSnapshot.registryID, severity: .critical, unixMilliseconds: 0,
                title: "devices wait", text: "2 devices wait")
        ]
        model.receive(snapshot)
        model.press(.character("1"), .end, .enter)
        model.receive(snapshot)
        #expect(model.picture(80, 24).contains("Not heard · 3"))
        model.press(.escape)
        #expect(model.picture(80, 24).contains("Ledger"))
    }
}
