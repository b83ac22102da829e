import NanoCore
import Testing

@testable import NanoServe

/// Who it is whose packets a destination does not take.
@Suite struct FailingDeviceTests {
    /// A batch with a frame of each of some devices.
    private func batch(_ ids: [String?]) -> DeliveryBatch {
        var batch = DeliveryBatch()
        for (place, id) in ids.enumerated() {
            var writer = CBORWriter()
            writer.map(id == nil ? 0 : 1)
            if let id {
                writer.text("device_id")
                writer.text(id)
            }
            let frame = FrameBuilder(
                model: .asicMulti, type: .telemetry, level: .high, timestamp: 1
            ).build(payload: writer.bytes, key: HMACKey(secret: [UInt8](repeating: 7, count: 32)))
            let start = batch.bytes.count
            batch.bytes += frame
            batch.items.append(
                DeliveryBatch.Item(
                    frame: start..<batch.bytes.count, model: .asicMulti,
                    receivedMonotonicNanoseconds: 1, device: UInt64(place), block: 1,
                    record: UInt32(place)))
        }
        return batch
    }

    @Test func `they are named out of their frames, a few of them, until they are taken`() throws {
        let journal = try Journal.simulated()
        journal.noteFailing(route: 0, batch: batch(["B", nil, "A"]))
        var account = journal.ledgers[0]
        #expect(account.failingDevices == 3)
        #expect(account.failing.map(\.id) == ["", "A", "B"])
        journal.noteFailing(route: 0, batch: batch((0..<20).map { "D\($0)" }))
        account = journal.ledgers[0]
        #expect(account.failingDevices == 20)
        #expect(account.failing.count == FailingDevices.mostNames)
        var snapshot = RouteSnapshot(name: "alba")
        (snapshot.failingDevices, snapshot.failing) = (account.failingDevices, account.failing)
        #expect(snapshot.failingNames(atMost: 2)?.hasSuffix(" and 18 more") == true)
        snapshot.failing = [DeviceName(.asicMulti, "D\u{7}")]
        let json = String(decoding: Statistics.json(snapshot), as: UTF8.self)
        let list = #""failing":[{"model":"0x30","device":"D\\u{7}"}]"#
        #expect(json.contains(list), "\(json)")
    }

    @Test func `the name goes with the device, and makes room for another`() {
        var failing = FailingDevices()
        let all = batch((0..<20).map { "D\($0)" })
        failing.note(all, names: all.names(atMost: 8))
        for device in UInt64(0)..<20 where failing.named.map(\.id).contains("D\(device)") {
            failing.remove(device)
        }
        #expect(failing.count == 12 && failing.named.isEmpty && !failing.contains(0))
        let rest = batch(["X"])
        failing.note(rest, names: rest.names(atMost: 8))
        #expect(failing.named == [DeviceName(.asicMulti, "X")])
    }
}
