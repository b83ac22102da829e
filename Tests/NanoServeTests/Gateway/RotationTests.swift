import Foundation
import NIOCore
import NanoCore
import NanoServe
import Synchronization
import Testing

/// Secrets of a test whose time runs ahead of the gateway's.
private final class HastyKeys: KeySource {
    private let keys: Keystore
    private let hoursAhead = Mutex<Int64>(0)

    init(_ keys: Keystore) {
        self.keys = keys
    }

    func passHours(_ hours: Int64) {
        hoursAhead.withLock { $0 += hours }
    }

    private func later(_ now: Moment) -> Moment {
        Moment(
            unixMilliseconds: now.unixMilliseconds + hoursAhead.withLock { $0 } * 3_600_000,
            monotonicNanoseconds: now.monotonicNanoseconds)
    }

    func keyTable(now: Moment) -> KeyTable { keys.keyTable(now: later(now)) }
    func retiredKeys(now: Moment) -> [RetiredKey] { keys.retiredKeys(now: later(now)) }
    func snapshots(now: Moment) -> [SecretSnapshot] { keys.snapshots(now: later(now)) }
    func rotate(_ model: ModelID, now: Moment) throws -> String {
        try keys.rotate(model, now: later(now))
    }
}

/// Devices that send with the old secret, and go on for a while behind a rotation.
private final class BusyFleet: Sendable {
    let isRotated = Atomic(false)

    /// - Returns: The frames sent.
    func send(over devices: [any Channel]) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for (place, device) in devices.enumerated() {
                group.addTask { try await self.send(over: device, as: "ESP32-\(place)") }
            }
            return try await group.reduce(0, +)
        }
    }

    private func send(over device: any Channel, as name: String) async throws -> Int {
        var number = 0
        var rest = 20
        while rest > 0 {
            if isRotated.load(ordering: .acquiring) { rest -= 1 }
            let frame = DeviceFrames.pressure(number, device: name)
            try await device.writeAndFlush(ByteBuffer(bytes: frame))
            number += 1
        }
        return number
    }
}

@Suite struct RotationTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    /// Rotates the pressure sensors' secret, and gives the new one as its file has it.
    private func rotate(_ gateway: LiveGateway) async throws -> [UInt8] {
        guard case .done(let sentence) = await gateway.perform(.rotateSecret(.esp32Pressure)) else {
            throw LiveGateway.Failure(description: "no rotation: \(gateway.log.lines)")
        }
        let file = gateway.stateFolder + "/secrets/0x10-gen2.hex"
        #expect(sentence.contains(file))
        #expect(try mode(file) == 0o600)
        #expect(try mode(gateway.stateFolder + "/keystore.sealed") == 0o600)
        #expect(try mode(gateway.stateFolder + "/secrets") == 0o700)
        let text = try String(contentsOfFile: file, encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let secret = stride(from: 0, to: text.count, by: 2).compactMap { place in
            UInt8(text.dropFirst(place).prefix(2), radix: 16)
        }
        try #require(secret.count == 32 && DeviceFrames.hex(secret) == text)
        let told = ([sentence] + gateway.log.lines).joined(separator: "\n")
        #expect(!told.contains(text), "the secret is in its file and nowhere else")
        return secret
    }

    @Test func `while frames flow on all event loops, a rotation refuses none of either secret`()
        async throws
    {
        try await withGateway(adjust: { $0.eventLoops = 3 }) { gateway in
            var devices: [any Channel] = []
            for _ in 0..<6 { devices.append(try await gateway.connect()) }
            let fleet = BusyFleet()
            let sending = Task { [devices] in try await fleet.send(over: devices) }
            let flowing = try await eventually {
                try await gateway.number("packets.accepted") > 60
            }
            #expect(flowing)
            let secret = try await rotate(gateway)
            fleet.isRotated.store(true, ordering: .releasing)
            for (place, device) in devices.enumerated() {
                let frame = DeviceFrames.pressure(place, secret: secret)
                try await device.writeAndFlush(ByteBuffer(bytes: frame))
            }
            let sent = try await sending.value
            try await gateway.reaches("packets.received", sent + 6)
            #expect(try await gateway.number("packets.rejected") == 0)
            let secrets = gateway.gateway.snapshot([]).secrets.filter { $0.model.rawValue == 0x10 }
            #expect(secrets.map(\.generation) == [2, 1])
            #expect(secrets.map(\.state) == [.current, .previous])
            for device in devices { try await device.close() }
        }
    }

    @Test
    func `when its grace ends the old secret is refused by itself, and the operator told why`()
        async throws
    {
        let hasty = Mutex<HastyKeys?>(nil)
        try await withGateway(keys: { keystore in
            let keys = HastyKeys(keystore)
            hasty.withLock { $0 = keys }
            return keys
        }) { gateway in
            let secret = try await rotate(gateway)
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("packets.accepted", 1)
            hasty.withLock { $0?.passHours(73) }
            var number = 2
            let isRefused = try await eventually(every: .milliseconds(50)) {
                try await gateway.send([DeviceFrames.pressure(number)])
                number += 1
                return try await gateway.number("refused.mac_mismatch") > 0
            }
            #expect(isRefused)
            let accepted = try await gateway.number("packets.accepted")
            try await gateway.send([DeviceFrames.pressure(200, secret: secret)])
            try await gateway.reaches("packets.accepted", accepted + 1)
            let isExplained = try await eventually {
                gateway.gateway.snapshot(.rejections).rejections
                    .contains { $0.diagnosis?.contains("generation 1") == true }
            }
            #expect(isExplained)
        }
    }

    @Test func `an unknown model cannot be rotated, and nothing is written`() async throws {
        try await withGateway { gateway in
            let result = await gateway.perform(.rotateSecret(ModelID(rawValue: 0x77)))
            guard case .failed(let sentence) = result else {
                Issue.record("rotated: \(result)")
                return
            }
            #expect(sentence.contains("0x77"))
            let files = try FileManager.default.contentsOfDirectory(atPath: gateway.stateFolder)
            #expect(!files.contains("secrets"))
        }
    }

    /// The secret that a step wrote to its file.
    private func secret(_ generation: Int, _ gateway: LiveGateway) throws -> [UInt8] {
        let file = gateway.stateFolder + "/secrets/0x10-gen\(generation).hex"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try SecretPolicy.decode(hexadecimal: text.trimmingCharacters(in: .newlines))
    }

    private func expect(
        _ command: Command, _ gateway: LiveGateway, fails words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        guard case .failed(let sentence) = await gateway.perform(command) else {
            Issue.record("done", sourceLocation: sourceLocation)
            return
        }
        #expect(sentence.contains(words), "\(sentence)", sourceLocation: sourceLocation)
    }

    @Test func `a staged secret is taken up, promoted when all use it, and the former one revoked`()
        async throws
    {
        try await withGateway { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("packets.accepted", 1)
            let model = ModelID.esp32Pressure
            await expect(.promoteSecret(model, forced: false), gateway, fails: "stage one first")
            guard case .done = await gateway.perform(.stageSecret(model)) else {
                Issue.record("not staged")
                return
            }
            await expect(.stageSecret(model), gateway, fails: "staged already")
            await expect(.rotateSecret(model), gateway, fails: "staged already")
            // The device that was seen has not taken it up.
            await expect(
                .promoteSecret(model, forced: false), gateway,
                fails: "1 of 1 devices active in the last 24 hours do not use generation 2 yet")
            let new = try secret(2, gateway)
            try await gateway.send([DeviceFrames.pressure(2, secret: new)])
            try await gateway.reaches("packets.accepted", 2)
            let adopted = gateway.gateway.snapshot(.devices).secrets
                .filter { $0.model == model }
            #expect(adopted.map(\.state) == [.current, .staged])
            #expect(adopted.map(\.devices) == [0, 1])
            await expect(.abortRotation(model, forced: false), gateway, fails: "already")
            let promoted = await gateway.perform(.promoteSecret(model, forced: false))
            guard case .done = promoted else {
                Issue.record("\(promoted)")
                return
            }
            try await gateway.send([DeviceFrames.pressure(3)])
            try await gateway.reaches("packets.accepted", 3)
            await expect(
                .revokeSecret(model, generation: 1, forced: false), gateway,
                fails: "have used generation 1 last")
            await expect(
                .revokeSecret(model, generation: 2, forced: true), gateway,
                fails: "is the current one")
            await expect(
                .revokeSecret(model, generation: 9, forced: true), gateway, fails: "those are 1")
            _ = await gateway.perform(.revokeSecret(model, generation: 1, forced: true))
            try await gateway.send([
                DeviceFrames.pressure(4), DeviceFrames.pressure(5, secret: new),
            ])
            try await gateway.reaches("packets.accepted", 4)
            try await gateway.reaches("refused.mac_mismatch", 1)
        }
    }

    @Test func `an aborted secret is refused, and the next one gets a number of its own`()
        async throws
    {
        try await withGateway { gateway in
            let model = ModelID.esp32Pressure
            _ = await gateway.perform(.stageSecret(model))
            let given = try secret(2, gateway)
            _ = await gateway.perform(.abortRotation(model, forced: false))
            try await gateway.send([DeviceFrames.pressure(1, secret: given)])
            try await gateway.reaches("refused.mac_mismatch", 1)
            _ = await gateway.perform(.stageSecret(model))
            #expect(try secret(3, gateway) != given)
            let isExplained = try await eventually {
                gateway.gateway.snapshot(.rejections).rejections
                    .contains { $0.diagnosis?.contains("generation 2") == true }
            }
            #expect(isExplained)
        }
    }
}
