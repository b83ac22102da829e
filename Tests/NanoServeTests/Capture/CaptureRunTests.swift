import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A capture's files and limits, without a gateway.
@Suite final class CaptureRunTests {
    private let folder = NSTemporaryDirectory() + "nanogridata-capture-\(UUID().uuidString)"
    private let start = Moment(unixMilliseconds: 1_768_660_200_000, monotonicNanoseconds: 5)
    private let queue = CaptureQueue(limitBytes: 1 << 20)

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func offer(_ frames: [[UInt8]], refusal: Refusal? = nil) {
        for frame in frames {
            queue.offer(
                frame.indices, of: frame.span, unixMilliseconds: start.unixMilliseconds,
                address: "10.0.0.1:9", refusal: refusal, model: .esp32Pressure)
        }
    }

    private func run(_ order: CaptureOrder) throws -> CaptureRun {
        try CaptureRun(order: order, folder: folder, queues: [queue], now: start)
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func packets(_ file: String) throws -> [[UInt8]] {
        var reader = CaptureReader()
        reader.append(Array(try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))).span)
        var packets: [[UInt8]] = []
        while let packet = try reader.next() { packets.append(packet.bytes) }
        try reader.finish()
        return packets
    }

    @Test func `what comes in is written with its verdict, for the owner alone`() throws {
        var run = try run(CaptureOrder())
        offer([DeviceFrames.pressure(1)])
        offer([[1, 2, 3]], refusal: Refusal(.badMagic, offset: 0))
        let ending = run.advance(now: start)
        #expect(ending == nil)
        let snapshot = run.finish("stopped")
        #expect(snapshot.packets == 2 && snapshot.missed == 0 && !snapshot.isRunning)
        let name = try #require(try files().first)
        #expect(snapshot.path == "\(folder)/\(name)")
        #expect(name == "capture-20260117T143000.000Z.pcapng")
        #expect(try packets(name) == [DeviceFrames.pressure(1), [1, 2, 3]])
        let attributes = try FileManager.default.attributesOfItem(atPath: snapshot.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect((attributes[.size] as? NSNumber)?.uint64Value == snapshot.bytes)
    }

    @Test func `a ring keeps the newest files, each of them whole`() throws {
        let frame = [UInt8](repeating: 7, count: 30_000)
        var run = try run(
            CaptureOrder(ring: CaptureOrder.Ring(files: 2, fileBytes: 65_536)))
        for _ in 0..<7 {
            offer([frame])
            let ending = run.advance(now: start)
            #expect(ending == nil)
        }
        let snapshot = run.finish("stopped")
        #expect(snapshot.packets == 7 && snapshot.files == 2)
        let names = try files()
        #expect(names.map { $0.suffix(14) } == ["-000003.pcapng", "-000004.pcapng"])
        #expect(try names.map { try packets($0).count } == [2, 1])
        #expect(snapshot.keptPackets == 3)
        let sizes = try names.map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return (attributes[.size] as? NSNumber)?.uint64Value ?? 0
        }
        #expect(snapshot.keptBytes == sizes.reduce(0, +), "what is gone is not counted")
        #expect(
            snapshot.sentence.hasPrefix(
                "capture ended, stopped: 3 packets, 90.4 kB kept in 2 files"))
        #expect(snapshot.sentence.contains(", of 7 packets, 21"), "\(snapshot.sentence)")
    }

    @Test func `it ends by packets, by bytes and by time`() throws {
        var byPackets = try run(CaptureOrder(format: .hex, packets: 3))
        offer(Array(repeating: [1, 2], count: 5))
        let packets = byPackets.advance(now: start)
        #expect(packets == "all packets written")
        #expect(byPackets.snapshot.packets == 3)
        let text = try String(contentsOfFile: byPackets.snapshot.path, encoding: .utf8)
        #expect(text == "0102\n0102\n0102\n")
        try FileManager.default.removeItem(atPath: folder)

        var byBytes = try run(CaptureOrder(bytes: 65_536))
        offer(Array(repeating: [UInt8](repeating: 1, count: 1_000), count: 100))
        let bytes = byBytes.advance(now: start)
        #expect(bytes == "all bytes written")
        #expect((65_536..<67_000).contains(byBytes.snapshot.bytes))
        try FileManager.default.removeItem(atPath: folder)

        var byTime = try run(CaptureOrder(seconds: 2))
        var now = start
        now.monotonicNanoseconds += 1_999_999_999
        let before = byTime.advance(now: now)
        now.monotonicNanoseconds += 1
        let after = byTime.advance(now: now)
        #expect(before == nil && after == "its time is over")
    }

    @Test func `what finds no room is counted, and the rest is written`() throws {
        let narrow = CaptureQueue(limitBytes: 1_000)
        var run = try CaptureRun(
            order: CaptureOrder(), folder: folder, queues: [narrow], now: start)
        let frame = [UInt8](repeating: 1, count: 340)
        for _ in 0..<10 {
            narrow.offer(
                frame.indices, of: frame.span, unixMilliseconds: 1, address: "", model: nil)
        }
        _ = run.advance(now: start)
        #expect(run.snapshot.packets == 2 && run.snapshot.missed == 8)
        narrow.offer(frame.indices, of: frame.span, unixMilliseconds: 1, address: "", model: nil)
        _ = run.advance(now: start)
        #expect(run.snapshot.packets == 3 && run.snapshot.missed == 8)
    }

    @Test func `a file that cannot be made ends it, and says which`() throws {
        var run = try run(
            CaptureOrder(ring: CaptureOrder.Ring(files: 2, fileBytes: 65_536)))
        try FileManager.default.removeItem(atPath: folder)
        offer(Array(repeating: [UInt8](repeating: 1, count: 60_000), count: 2))
        let ending = run.advance(now: start)
        #expect(ending?.contains("cannot create \(folder)/") == true, "\(ending ?? "")")
        #expect(run.snapshot.packets == 1 && run.snapshot.missed == 1)
        #expect(throws: StateFolder.Fault.self) {
            _ = try CaptureRun(
                order: CaptureOrder(), folder: "/proc/none", queues: [], now: start)
        }
    }

    @Test func `an order that is out of bounds is named by its field`() {
        #expect(CaptureOrder().fault == nil)
        #expect(CaptureOrder(packets: 0).fault == "packets: 0; use 1…1000000000")
        #expect(
            CaptureOrder(ring: CaptureOrder.Ring(files: 1, fileBytes: 65_536)).fault
                == "files: 1; use 2…1000")
    }
}
