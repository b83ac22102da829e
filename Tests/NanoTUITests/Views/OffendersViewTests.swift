import NanoCore
import Testing

@testable import NanoTUI

@Suite struct OffendersViewTests {
    private static func model(_ change: (inout Snapshot) -> Void = { _ in }) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("o"))
        var snapshot = SampleGateway.snapshot(second: 91)
        change(&snapshot)
        model.receive(snapshot)
        return model
    }

    @Test func `blocks beyond those that are listed are counted`() {
        var all = Self.model()
        #expect(!all.picture(80, 24).contains("more"))
        var some = Self.model { $0.offenders.blocked = 1_340 }
        #expect(some.picture(80, 24).contains("1 offends · 1340 blocked · +1,339 more"))
    }

    @Test func `Enter tells what is known of an address: reasons, devices, its block`() {
        var model = Self.model { snapshot in
            snapshot.offenders.rows[0].refused = 9_041
            snapshot.offenders.rows[0].reasons.append(RefusalCount(.replay, 41))
            var behind = DeviceSnapshot(model: .stm32Gas, id: "STM32-009")
            behind.address = "10.0.4.66:4000"
            snapshot.devices.append(behind)
            snapshot.rejections.append(
                PacketRecord(
                    id: 9_999, unixMilliseconds: 0, address: "10.0.4.66:4001", bytes: [],
                    refusal: Refusal(.macMismatch), model: .esp32Pressure,
                    deviceID: "\u{1B}[2JFAKE"))
        }
        model.press(.enter)
        let picture = model.picture(120, 40)
        for words in [
            "10.0.4.66", "9,041 so far, 4,100 a minute", "mac_mismatch", "9,000", "41",
            "the gateway", "in 04:", "devices heard", "0x20 STM32-009", #"0x10 \u{1B}[2JFAKE"#,
        ] {
            #expect(picture.contains(words), "\(words)\n\(picture)")
        }
        // It is read as it is now.
        var later = SampleGateway.snapshot(second: 92)
        later.offenders.rows = []
        model.receive(later)
        #expect(model.picture(120, 40).contains("It offends no longer."))
        model.press(.escape)
        #expect(model.view == .offenders)
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func `whom a block of an operator keeps out is seen in every view that has it`(
        size: (Int, Int)
    ) {
        func change(_ snapshot: inout Snapshot) {
            var network = OffenderSnapshot(source: "10.0.4.0/24")
            (network.state, network.isByOperator) = (.blocked, true)
            network.untilUnixMilliseconds = snapshot.gateway.unixMilliseconds + 60_000
            snapshot.offenders.rows = [network]
            snapshot.offenders.holds = [
                BlockHold(
                    source: "10.0.4.0/24", devices: 41, addresses: 40, sinceUnixMilliseconds: 0,
                    untilUnixMilliseconds: network.untilUnixMilliseconds ?? 0)
            ]
            for index in snapshot.devices.indices {
                snapshot.devices[index].isAddressBlocked = true
            }
            snapshot.models[1].blockedDevices = 41
        }
        var model = Self.model(change)
        #expect(model.picture(size.0, size.1).contains("⊘ 41 devices"))
        model.press(.enter)
        #expect(model.picture(size.0, size.1).contains("41 devices heard before"))
        model.press(.escape, .character("1"))
        let row = model.picture(size.0, size.1).split(separator: "\n").first {
            $0.contains("0x20 STM32")
        }
        #expect(row?.contains("⊘ 0x20 STM32   blocked") == true, "\(row ?? "")")
        model.press(.character("2"))
        let devices = model.picture(size.0, size.1)
        #expect(devices.contains("blocked"), "\(devices)")
        model.press(.enter)
        let device = model.picture(size.0, size.1)
        #expect(device.contains("⊘ blocked, heard"), "\(device)")
        #expect(
            device.contains("for 01:00 by the block of 10.0.4.0/24; u in 4 o lifts it"), "\(device)"
        )
    }

    @Test func `a block whose devices are not counted yet does not say how many they are`() {
        var model = Self.model { snapshot in
            var network = OffenderSnapshot(source: "10.0.4.0/24")
            (network.state, network.isByOperator) = (.blocked, true)
            snapshot.offenders.rows = [network]
            snapshot.offenders.holds = [
                BlockHold(
                    source: "10.0.4.0/24", devices: 1, addresses: 3, sinceUnixMilliseconds: 0,
                    untilUnixMilliseconds: 1)
            ]
        }
        #expect(model.picture(80, 24).contains("⊘ 3 addresses"))
        model.press(.enter)
        #expect(
            model.picture(120, 40).contains(
                "the devices of 3 addresses (how many is not known yet) heard before"))
    }

    @Test func `what an operator has blocked as a network names no devices`() {
        var model = Self.model { snapshot in
            var network = OffenderSnapshot(source: "10.0.0.0/8")
            (network.state, network.isByOperator) = (.blocked, true)
            network.untilUnixMilliseconds = snapshot.gateway.unixMilliseconds + 60_000
            snapshot.offenders.rows = [network]
        }
        model.press(.enter)
        let picture = model.picture(120, 40)
        #expect(picture.contains("an operator") && !picture.contains("devices heard"))
    }
}
