import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RefusalGroupTests {
    @Test func `refusals are counted by reason, model, device and source, with their rates`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("c"))
        #expect(model.refusalGroups.map(\.name) == ["mac_mismatch", "replay"])
        #expect(model.refusalGroups.map(\.count) == [8, 4])
        #expect(model.refusalGroups[0].perSecond == 8)
        #expect(model.refusalGroups[0].mostly == "ESP32-017")
        let names = (0..<4).map { _ in
            model.press(.character("c"))
            return model.refusalGroups.first?.name
        }
        #expect(names == ["0x10", "ESP32-017", "10.0.4.17", "mac_mismatch"])
    }

    @Test func `Enter lists what is in a group, and Esc leads back to it`() {
        var model = ConsoleModel.sample
        model.press(.character("4"))
        model.type("/device:ESP32*")
        model.press(.enter, .character("c"), .down, .enter)
        #expect(model.view == .rejections)
        #expect(model.filter(.rejections).source == "device:ESP32* reason:replay")
        #expect(model.records.count == 4)
        model.press(.escape)
        #expect(model.view == .refusalGroups && model.cursor == 1)
        model.press(.escape)
        #expect(model.view == .rejections)
        #expect(model.filter(.rejections).source == "device:ESP32*")
    }

    @Test func `every group leads to exactly what is in it`() {
        for grouping in RefusalGrouping.allCases {
            var model = ConsoleModel.sample
            model.press(.character("4"), .character("c"))
            while model.refusalGrouping != grouping { model.press(.character("c")) }
            for index in model.refusalGroups.indices {
                let count = model.refusalGroups[index].count
                model.press(.home)
                for _ in 0..<index { model.press(.down) }
                model.press(.enter)
                #expect(model.records.count == count, "\(grouping) \(index)")
                model.press(.escape)
            }
        }
    }

    @Test func `frames that do not tell their device are a group that leads nowhere`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices { snapshot.rejections[index].deviceID = nil }
        model.receive(snapshot)
        model.press(.character("4"), .character("c"), .character("c"), .character("c"))
        #expect(model.picture(80, 24).contains("not told"))
        model.press(.enter)
        #expect(model.view == .refusalGroups)
        #expect(model.message?.text == "these frames do not tell their device")
    }

    @Test func `a rate is of the time that what is kept goes back`() {
        let records = (0..<10).map { index in
            PacketRecord(
                id: UInt64(index), unixMilliseconds: Int64(index) * 1_000, address: "10.0.0.1:1",
                bytes: [], refusal: Refusal(.badMagic))
        }
        let groups = RefusalGroup.groups(of: records, kept: records, by: .reason, now: 10_000)
        #expect(groups.map(\.perSecond) == [1])
        let later = RefusalGroup.groups(of: records, kept: records, by: .reason, now: 100_000)
        #expect(later.map(\.perSecond) == [0])
    }
}
