import NanoCore
import Testing

@testable import NanoTUI

@Suite struct MarkTests {
    @Test func `a mark stays with its row, is shown, counted and taken away`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .character("M"))
        let picture = model.picture(120, 40)
        #expect(picture.contains("▶◆"), "\(picture)")
        #expect(picture.contains("◆ 1 marked"))
        model.press(.character("s"), .character("s"), .character("S"))
        #expect(model.marks.ids(in: .devices) == [.device(.esp32Pressure, "ESP32-001")])
        model.type("/device:ESP32-03*")
        model.press(.enter)
        #expect(model.picture(120, 40).contains("◆ 1 marked"))
        model.press(.character("U"))
        #expect(model.marks.count(in: .devices) == 0)
    }

    @Test func `a marked packet is kept when its ring goes on`() throws {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("M"))
        let id = try #require(model.records.last?.id)
        for second in 91...130 { model.receive(SampleGateway.snapshot(second: second)) }
        #expect(model.records.count == 31)
        #expect(model.records.first?.id == id)
        model.press(.end, .character("'"))
        #expect(model.cursor == 0)
        let effects = model.press(.character("d"), .enter)
        guard case .perform(.dump(let records, format: .pcapng))? = effects.first else {
            Issue.record("\(effects)")
            return
        }
        #expect(records.map(\.id) == [id])
    }

    @Test func `an open packet is marked itself, also when it has left the list`() throws {
        var model = ConsoleModel.sample
        model.press(.character("3"), .enter)
        let id = try #require(model.opened?.id)
        model.receive(SampleGateway.snapshot(second: 120))
        #expect(!model.rowIDs.contains(.number(id)))
        model.press(.character("M"))
        #expect(model.marks.ids(in: .packets) == [.number(id)])
        #expect(model.records.first?.id == id)
    }

    @Test func `marks are bounded by number and by bytes`() {
        var marks = Marks()
        for number in 0..<UInt64(Marks.mostRows) {
            #expect(marks.toggle(.number(number), in: .log, record: nil) == .marked)
        }
        guard case .full = marks.toggle(.number(9_999), in: .log, record: nil) else {
            Issue.record("more rows than \(Marks.mostRows)")
            return
        }
        #expect(marks.toggle(.number(0), in: .log, record: nil) == .unmarked)
        let large = PacketRecord(
            id: 1, unixMilliseconds: 0, address: "",
            bytes: [UInt8](repeating: 0, count: Marks.mostBytes))
        #expect(marks.toggle(.number(1), in: .packets, record: large) == .marked)
        guard case .full = marks.toggle(.number(2), in: .packets, record: large) else {
            Issue.record("more bytes than \(Marks.mostBytes)")
            return
        }
    }

    @Test func `a gateway that was started anew has no row that was marked`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("M"))
        model.receive(SampleGateway.snapshot(second: 1))
        #expect(model.marks.count(in: .packets) == 0)
    }

    @Test func `a gateway that was started anew while nobody looked is another one`() {
        func snapshot(_ second: Int, started: Int64?) -> Snapshot {
            var snapshot = SampleGateway.snapshot(second: second)
            snapshot.gateway.startedUnixMilliseconds = started
            return snapshot
        }
        var model = ConsoleModel(themeName: "dusk")
        for second in 1...9 { model.receive(snapshot(second, started: 5)) }
        model.press(.character("3"), .character("M"))
        #expect(model.history.curve("accepted").count == 8)
        // It has been up for longer than the one before was.
        model.receive(snapshot(60, started: 7))
        #expect(model.marks.count(in: .packets) == 0)
        #expect(model.history.curve("accepted").isEmpty && model.history.rate("accepted").isNaN)
        #expect(model.remembered.now == 69)
        model.press(.character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 9)
    }

    @Test func `one that does not say when it was started is known by its time`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("M"))
        model.receive(SampleGateway.snapshot(second: 600))
        #expect(model.marks.count(in: .packets) == 1)
    }

    @Test func `the jump goes from mark to mark and round`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .home, .character("M"), .down, .down, .character("M"))
        model.press(.end, .character("'"))
        #expect(model.cursor == 0)
        model.press(.character("'"))
        #expect(model.cursor == 2)
        model.press(.character("'"))
        #expect(model.cursor == 0)
    }
}
