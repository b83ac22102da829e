import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RewindTests {
    /// A model that has looked once a second until then, with the parts that it asked for.
    private static func watched(seconds: ClosedRange<Int>) -> ConsoleModel {
        var model = ConsoleModel(themeName: "dusk")
        for second in seconds {
            model.receive(SampleGateway.snapshot(second: second, parts: model.parts))
        }
        return model
    }

    @Test func `stepping back shows what was, and stepping forward leads to now`() {
        var model = Self.watched(seconds: 1...90)
        model.press(.character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 89)
        #expect(model.shown.ledger.received == SampleGateway.snapshot(second: 89).ledger.received)
        model.press(.character("("))
        #expect(model.shown.gateway.uptimeSeconds == 29)
        model.press(.character("("), .character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 1)
        model.press(.character(")"), .character(">"))
        #expect(model.shown.gateway.uptimeSeconds == 62)
        model.press(.character(")"))
        #expect(!model.isFrozen && model.shown.gateway.uptimeSeconds == 90)
    }

    @Test func `one key leads back to now`() {
        var model = Self.watched(seconds: 1...20)
        model.press(.character("("), .character(" "))
        #expect(!model.isFrozen && model.rewound == nil)
        #expect(model.shown.gateway.uptimeSeconds == 20)
    }

    @Test func `counting goes on, and the moment stays`() {
        var model = Self.watched(seconds: 1...20)
        model.press(.character("<"), .character("<"))
        for second in 21...400 {
            model.receive(SampleGateway.snapshot(second: second, parts: model.parts))
        }
        #expect(model.shown.gateway.uptimeSeconds == 18)
        #expect(model.live.gateway.uptimeSeconds == 400)
        #expect(model.picture(80, 24).contains("00:00:18Z, 06:22 ago"))
    }

    @Test func `rates and curves are those of the moment`() {
        var model = Self.watched(seconds: 1...60)
        for second in 61...90 {
            var quiet = SampleGateway.snapshot(second: 60, parts: model.parts)
            quiet.gateway.uptimeSeconds = Double(second)
            model.receive(quiet)
        }
        #expect(model.history.rate("accepted") == 0)
        model.press(.character("("))
        #expect(model.shown.gateway.uptimeSeconds == 30)
        #expect(abs(model.history.rate("accepted") - 9_987) < 1)
        #expect(model.history.curve("accepted").count == 29)
    }

    @Test func `lists are of the moment, or say how much older they are`() throws {
        var model = Self.watched(seconds: 1...90)
        model.press(.character("2"), .character("("))
        let shown = try #require(model.rewound)
        let rows = try #require(shown.rowsAt)
        #expect(shown.at == 30 && rows <= 30 && rows > 18)
        let then = SampleGateway.snapshot(second: Int(rows)).devices
        #expect(model.devices.map(\.accepted).max() == then.map(\.accepted).max())
        #expect(model.picture(80, 24).contains("lists \(Numbers.duration(30 - rows)) older"))
    }

    @Test func `what changes the gateway is refused in the past`() {
        var model = Self.watched(seconds: 1...20)
        model.press(.character("5"), .character("<"))
        #expect(model.press(.character("p")).isEmpty)
        if case .none = model.overlay {} else { Issue.record("a question is open") }
        #expect(model.notice?.text == "this is how it was at 00:00:19Z; space goes back to now")
        #expect(model.notice?.kind == .fault)
    }

    @Test(arguments: ["1", "2", "3", "4", "5", "6", "7"])
    func `the bottom line offers only keys that work in the past`(view: Character) {
        var model = Self.watched(seconds: 1...20)
        model.press(.character(view))
        model.receive(SampleGateway.snapshot(second: 21, parts: Rewind.rows))
        model.press(.character("<"))
        #expect(model.rewound != nil)
        for hint in model.hints + model.lastingHints {
            guard let key = Key(fileName: hint.key) ?? hint.key.first.map(Key.character),
                let action = model.keyMap.action(for: key, in: model.view)
            else { continue }
            #expect(action.worksInThePast, "\(hint.key) \(hint.words)")
        }
        model.press(.character(" "))
        #expect(model.rewound == nil)
        if view == "5" { #expect(model.hints.contains { $0.words == "pause" }) }
    }

    @Test func `nothing of the past is asked of the gateway`() {
        var model = Self.watched(seconds: 1...20)
        model.press(.character("2"))
        model.receive(SampleGateway.snapshot(second: 21, parts: Rewind.rows))
        model.press(.character("<"), .home)
        #expect(model.press(.enter).isEmpty)
        #expect(model.view == .device)
    }

    @Test func `an hour has room, and what is near is kept closest`() {
        var rewind = Rewind()
        for second in 1...9_000 {
            let parts = rewind.isWaitingForRows ? Rewind.rows : []
            rewind.note(SampleGateway.snapshot(second: second, parts: parts), parts: parts)
        }
        let times = rewind.times
        #expect(times.count <= 900 && times.last == 9_000)
        #expect((times.first ?? 0) >= 5_400 && (times.first ?? 0) < 5_500)
        let recent = times.suffix(60)
        #expect(Array(recent) == (8_941...9_000).map(Double.init))
        let gaps = zip(times.dropFirst(), times).map(-)
        #expect((gaps.max() ?? 0) < 60)
    }

    @Test func `of what comes and goes alone the newest of a moment are kept`() throws {
        var snapshot = SampleGateway.snapshot(second: 5, parts: Rewind.rows)
        let record = try #require(snapshot.packets.last)
        snapshot.packets = (0..<700).map { number in
            var packet = record
            packet.id = UInt64(number)
            return packet
        }
        var rewind = Rewind()
        rewind.note(snapshot, parts: Rewind.rows)
        let kept = try #require(rewind.rows(until: nil).last)
        #expect(kept.packets.map(\.id) == (500..<700).map(UInt64.init))
        #expect(kept.devices.count == snapshot.devices.count)
        #expect(kept.registry.rows.count == snapshot.registry.rows.count)
    }

    @Test func `the past of a gateway that was started anew is kept, with curves of its own`() {
        var model = Self.watched(seconds: 50...60)
        model.press(.character("<"))
        for second in 1...5 {
            model.receive(SampleGateway.snapshot(second: second, parts: model.parts))
        }
        #expect(model.shown.gateway.uptimeSeconds == 59)
        model.press(.character(">"), .character(">"))
        #expect(model.shown.gateway.uptimeSeconds == 1)
        #expect(model.history.curve("accepted").isEmpty)
        model.press(.character("<"), .character("<"))
        #expect(model.shown.gateway.uptimeSeconds == 59)
        #expect(model.history.curve("accepted").count == 9)
    }
}

@Suite struct FadingRingTests {
    @Test func `bytes and age bound it, and a single entry may be larger than all`() {
        var ring = FadingRing<Int>(limits: .init(entries: 100, bytes: 1_000, seconds: 50))
        for second in 0..<200 { ring.add(second, at: Double(second), bytes: 90) }
        #expect(ring.bytes <= 1_000 && ring.entries.last?.element == 199)
        #expect(ring.entries.allSatisfy { $0.at >= 149 })
        ring.add(200, at: 200, bytes: 5_000)
        #expect(ring.entries.map(\.element) == [200])
        #expect(ring.bytes == 5_000)
    }

    @Test func `of a time the newest that is not later is found`() {
        var ring = FadingRing<Int>(limits: .init(entries: 9, bytes: 9, seconds: 9))
        #expect(ring.index(at: 5) == nil)
        for second in [2, 4, 6] { ring.add(second, at: Double(second), bytes: 1) }
        #expect(ring.index(at: 1.9) == nil)
        #expect(ring.index(at: 2) == 0)
        #expect(ring.index(at: 5.9) == 1)
        #expect(ring.index(at: 60) == 2)
    }

    @Test func `a clock that stands still adds nothing`() {
        var ring = FadingRing<Int>(limits: .init(entries: 9, bytes: 9, seconds: 9))
        ring.add(1, at: 2, bytes: 1)
        ring.add(2, at: 2, bytes: 1)
        #expect(ring.entries.map(\.element) == [1])
    }
}
