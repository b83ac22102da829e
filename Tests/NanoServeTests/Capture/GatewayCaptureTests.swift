import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A capture of a gateway that runs.
@Suite struct GatewayCaptureTests {
    private func captured(_ gateway: LiveGateway) throws -> [CapturedPacket] {
        let path = try #require(gateway.gateway.snapshot([]).capture?.path)
        var reader = CaptureReader()
        reader.append(Array(try Data(contentsOf: URL(filePath: path))).span)
        var packets: [CapturedPacket] = []
        while let packet = try reader.next() { packets.append(packet) }
        try reader.finish()
        return packets
    }

    @Test func `all that comes between start and stop is in it, and nothing else`() async throws {
        try await withGateway { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("packets.accepted", 1)
            guard case .done = await gateway.perform(.startCapture(CaptureOrder())) else {
                Issue.record("not started")
                return
            }
            #expect(
                await gateway.perform(.startCapture(CaptureOrder()))
                    == .failed("a capture runs already; stop it first"))
            let forged = DeviceFrames.pressure(3, secret: DeviceFrames.secrets[.stm32Gas])
            let frames = [DeviceFrames.pressure(2), forged, DeviceFrames.pressure(4)]
            try await gateway.send(frames)
            try await gateway.reaches("packets.received", 4)
            guard case .done(let sentence) = await gateway.perform(.stopCapture) else {
                Issue.record("not stopped")
                return
            }
            #expect(
                sentence.hasPrefix("capture ended, stopped by an operator: 3 packets, "),
                "\(sentence)")
            try await gateway.send([DeviceFrames.pressure(5)])
            try await gateway.reaches("packets.received", 5)
            let packets = try captured(gateway)
            #expect(packets.map(\.bytes) == frames)
            #expect(packets[0].comment?.hasPrefix("accepted; from 127.0.0.1:") == true)
            #expect(packets[1].comment?.hasPrefix("refused, mac_mismatch: ") == true)
            #expect(await gateway.perform(.stopCapture) == .failed("no capture runs"))
        }
    }

    @Test func `it ends of itself, and the audit trail tells of it`() async throws {
        try await withGateway { gateway in
            _ = await gateway.perform(.startCapture(CaptureOrder(packets: 2)))
            try await gateway.send(DeviceFrames.pressures(0..<5))
            let hasEnded = try await eventually {
                gateway.gateway.snapshot([]).capture?.isRunning == false
            }
            #expect(hasEnded)
            #expect(try captured(gateway).count == 2)
            let isWritten = try await eventually {
                let lines = try AuditReading(stateFolder: gateway.stateFolder).lines
                return lines.contains { $0.entry.action == AuditAction.stopCapture.rawValue }
            }
            #expect(isWritten)
            let actions = try AuditReading(stateFolder: gateway.stateFolder).lines.map(\.entry.text)
            #expect(actions.contains { $0.contains("start_capture pcapng, 2 packets  done: ") })
            #expect(
                actions.contains {
                    $0.contains("stop_capture capture  done: capture ended, all packets written: ")
                }, "\(actions)")
        }
    }
}
