import NanoCore
import Testing

@testable import NanoTUI

@Suite struct ListingTests {
    @Test func `a view whose rows have not come yet does not claim that there are none`() {
        var model = ConsoleModel(themeName: "dusk")
        model.receive(SampleGateway.snapshot(second: 1, parts: []))
        for (key, claim) in [("2", "No device yet"), ("3", "No packet"), ("4", "Nothing has been")]
        {
            model.press(.character(Character(key)))
            #expect(!model.picture(80, 24).contains(claim), "view \(key)")
            model.receive(SampleGateway.snapshot(second: 2, parts: model.parts))
            #expect(model.picture(80, 24).contains("ESP32-001") || key != "2")
            model.receive(SampleGateway.snapshot(second: 3, parts: []))
        }
    }

    @Test func `a view that is frozen before its rows have come gets them once and keeps them`() {
        var model = ConsoleModel(themeName: "dusk")
        model.receive(SampleGateway.snapshot(second: 1, parts: []))
        model.press(.character("3"), .character(" "))
        model.receive(SampleGateway.snapshot(second: 2, parts: model.parts))
        let first = model.records.map(\.id)
        #expect(!first.isEmpty)
        model.receive(SampleGateway.snapshot(second: 3, parts: model.parts))
        #expect(model.records.map(\.id) == first)
        #expect(model.shown.gateway.uptimeSeconds == 1)
    }

    @Test(arguments: ViewKind.allCases)
    func `a frozen view stands still, its rates and curves too`(view: ViewKind) {
        var model = ConsoleModel.sample
        model.press(.character(Character("\(view.rawValue)")), .character(" "))
        let before = body(of: &model)
        var faster = SampleGateway.snapshot(second: 99)
        faster.ledger.accepted *= 2
        for index in faster.models.indices { faster.models[index].accepted *= 3 }
        for index in faster.routes.indices { faster.routes[index].delivered *= 3 }
        model.receive(faster)
        #expect(body(of: &model) == before)
    }

    @Test(arguments: ["pump \"7\"", "a,b", "ESP32-0*", "x:y", "*", " ", "back\\slash", "\""])
    func `from a device with any name it goes to its packets alone`(name: String) throws {
        var model = ConsoleModel(themeName: "dusk")
        var snapshot = SampleGateway.snapshot(second: 1)
        snapshot.devices = [DeviceSnapshot(model: .esp32Pressure, id: name)]
        snapshot.packets[4].deviceID = name
        let id = snapshot.packets[4].id
        model.receive(snapshot)
        model.press(.character("2"), .character("f"))
        #expect(model.view == .packets)
        #expect(model.filter(.packets).isValid)
        #expect(model.records.map(\.id) == [id])
    }

    @Test func `a paused route is resumed as it is now, not as it was when frozen`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .character(" "))
        var paused = SampleGateway.snapshot(second: 91)
        paused.routes[0].state = .paused
        model.receive(paused)
        #expect(model.press(.character("p")) == [.perform(.resumeRoute("alba"))])
    }

    @Test(arguments: [(80, 24), (60, 16)])
    func `the help has room for how to get out`(size: (Int, Int)) {
        for view in ViewKind.allCases {
            var model = ConsoleModel.sample
            model.press(.character(Character("\(view.rawValue)")), .character("?"))
            #expect(model.picture(size.0, size.1).contains("quit; the gateway"), "\(view)")
        }
    }

    /// Everything between the top line, which is always live, and the bottom one, which counts.
    private func body(of model: inout ConsoleModel) -> [Substring] {
        Array(model.picture(120, 40).split(separator: "\n").dropFirst().dropLast())
    }

    @Test func `a list that more comes to than it has rows moves once a second`() throws {
        var model = ConsoleModel.sample
        model.press(.character("3"))
        _ = model.picture(80, 24)
        let first = try #require(model.records.last?.id)
        for (quarter, moves) in [(1, false), (2, false), (3, false), (4, true)] {
            var snapshot = SampleGateway.snapshot(second: 90 + quarter)
            snapshot.gateway.uptimeSeconds = 90 + Double(quarter) / 4
            model.receive(snapshot)
            #expect((model.records.last?.id != first) == moves, "\(quarter) quarters of a second")
        }
        // Few of them are there at once.
        let last = try #require(model.records.last?.id)
        var snapshot = SampleGateway.snapshot(second: 94)
        snapshot.gateway.uptimeSeconds = 91.25
        snapshot.packets =
            Array(snapshot.packets.dropFirst(2))
            + SampleGateway.snapshot(second: 95)
            .packets.prefix(2)
        model.receive(snapshot)
        #expect(model.records.last?.id != last)
    }

    @Test(arguments: [Key.character("4"), .character("8"), .character("3")])
    func `a list that has not come yet is loading, not empty`(view: Key) {
        var model = ConsoleModel(themeName: "dusk")
        model.receive(SampleGateway.snapshot(second: 90, parts: []))
        model.press(view)
        #expect(model.picture(120, 40).contains(" · loading "))
        model.type("/since:5m")
        let title = model.picture(120, 40)
        #expect(title.contains(" · loading ") && !title.contains("0 match"))
        model.press(.escape)
        model.receive(SampleGateway.snapshot(second: 91))
        #expect(!model.picture(120, 40).contains("loading"))
    }
}
