import NanoCore
import Testing

@testable import NanoTUI

@Suite struct PacketDetailTests {
    private static func open(_ view: Character) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.press(.character(view), .enter)
        return model
    }

    private static func lines(_ model: ConsoleModel) throws -> [Dissection.Line] {
        PacketDetail.lines(of: try #require(model.opened))
    }

    @Test func `a field lights its bytes, and a byte its field`() throws {
        var model = Self.open("3")
        let lines = try Self.lines(model)
        #expect(model.detail.field == 0 && model.detail.byte == 0)
        for (index, line) in lines.enumerated() {
            #expect(model.detail.field == index)
            #expect(model.detail.byte == line.range.lowerBound)
            model.press(.down)
        }
        model.press(.home, .tab)
        #expect(model.detail.pane == .bytes)
        for offset in 0..<68 {
            #expect(model.detail.byte == offset)
            #expect(lines[model.detail.field].range.contains(offset))
            #expect(lines[model.detail.field].isLeaf)
            model.press(.right)
        }
        #expect(model.detail.byte == 67)
    }

    @Test func `up and down among the bytes stay in their column`() {
        var model = Self.open("3")
        _ = model.picture(80, 24)
        model.press(.tab, .right, .right, .down)
        #expect(model.detail.byte == 18)
        model.press(.up, .up)
        #expect(model.detail.byte == 2)
        model.press(.end)
        #expect(model.detail.byte == 67)
        _ = model.picture(60, 16)
        model.press(.up)
        #expect(model.detail.byte == 59)
    }

    @Test func `a refused frame opens at the field that failed, and says both sides`() throws {
        var model = Self.open("4")
        #expect(try Self.lines(model)[model.detail.field].mark == .failed)
        let picture = model.picture(80, 24)
        #expect(picture.contains("✗ MAC differs: valid under a retired secret (generation 3)"))
        #expect(picture.contains("found 99 86 4c 91 8b 76 99 08"))
        #expect(picture.contains("7 like it in the minute before, all from 10.0.4.17"))
    }

    @Test func `moving in the list changes the packet and keeps the field`() throws {
        var model = Self.open("3")
        let id = try #require(model.opened?.id)
        for _ in 0..<6 { model.press(.down) }
        let field = try Self.lines(model)[model.detail.field].field
        model.press(.backTab, .up)
        #expect(model.detail.pane == .records)
        #expect(model.opened?.id == id - 1)
        #expect(try Self.lines(model)[model.detail.field].field == field)
        model.press(.escape)
        #expect(model.cursor == 28)
    }

    @Test(arguments: [(60, 16), (80, 24), (120, 40), (150, 40), (200, 50)])
    func `no pane lies over another, and none lies outside`(size: (Int, Int)) {
        let rect = Rect(x: 0, y: 1, width: size.0, height: size.1 - 6)
        for pane in DetailPane.allCases {
            for bytes in [16, 68, 1_070] {
                let layout = DetailLayout(in: rect, pane: pane, fields: 20, bytes: bytes)
                let panes = [layout.records, layout.fields, layout.bytes].compactMap(\.self)
                #expect(panes.count == (size.0 >= 110 ? 3 : 2))
                for (index, one) in panes.enumerated() {
                    #expect(one.x >= rect.x && one.x + one.width <= rect.x + rect.width)
                    #expect(one.y >= rect.y && one.y + one.height <= rect.y + rect.height)
                    #expect(one.height > 1 && one.width >= 36, "\(one)")
                    for other in panes[..<index] {
                        let apart =
                            one.x >= other.x + other.width || other.x >= one.x + one.width
                            || one.y >= other.y + other.height || other.y >= one.y + one.height
                        #expect(apart)
                    }
                }
            }
        }
    }

    @Test func `without colours the bytes of the field stand in brackets`() {
        var model = Self.open("3")
        model.press(.down, .down)
        #expect(model.picture(80, 24).contains("c1 53 01[10]01 01"))
        for _ in 0..<4 { model.press(.down) }
        #expect(model.picture(80, 24).contains("00 26[69 55 b9 00]00 00"))
    }

    @Test func `what came encrypted shows its fields, and lights the ciphertext`() throws {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id")
        writer.text("PUMP-7")
        writer.text("seq")
        writer.unsigned(9)
        let keys = DeviceKeys(
            secret: (0..<32).map { UInt8($0) }, model: .custom, device: "PUMP-7", keying: .device,
            encryption: .aes256GCM)
        let frame = FrameBuilder(
            model: .custom, type: .telemetry, level: .high, timestamp: 1_767_225_600
        ).build(payload: writer.bytes, keys: keys, nonce: [UInt8](repeating: 7, count: 12))
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.packets = [
            PacketRecord(
                id: 1, unixMilliseconds: SampleGateway.unixMilliseconds, address: "10.0.0.1:1",
                bytes: frame, model: .custom, deviceID: "PUMP-7", plain: writer.bytes)
        ]
        model.receive(snapshot)
        model.press(.character("3"), .enter, .end)
        let lines = try Self.lines(model)
        let seq = try #require(lines.firstIndex { $0.field == "seq" })
        while model.detail.field > seq { model.press(.up) }
        let picture = model.picture(120, 40)
        #expect(picture.contains("▶ +0012 ✓"), "\(picture)")
        #expect(picture.contains("seq: 9"))
        let sealed = try #require(lines[seq].sealed)
        #expect(sealed.count == writer.bytes.count + 16)
        #expect(picture.contains("0x\(String(sealed.lowerBound, radix: 16))…"))
        #expect(picture.contains(", \(sealed.count) bytes"))
    }

    @Test func `an open packet is looked at further when it has left the ring`() {
        var model = Self.open("3")
        model.receive(SampleGateway.snapshot(second: 200))
        #expect(model.picture(200, 50).contains("gone, of 30"))
        model.press(.backTab, .up)
        #expect(model.opened != nil)
    }
}
