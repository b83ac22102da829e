import NanoCore
import Testing

@testable import NanoTUI

@Suite struct VisitTests {
    @Test func `one goes back through views and filters, to the row that one was on`() throws {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .down)
        let device = try #require(model.list(.devices).selected)
        model.press(.enter)
        let name = try #require(model.device)
        #expect(model.view == .device && device == .device(name.model, name.id))
        model.press(.character("f"))
        #expect(model.view == .packets && !model.filter(.packets).isEmpty)
        let filter = model.filter(.packets).source
        model.press(.character("7"), .character("["))
        #expect(model.view == .packets && model.filter(.packets).source == filter)
        model.press(.character("["))
        #expect(model.view == .device && model.device == name)
        // A row that has moved meanwhile is found by what it is.
        var other = SampleGateway.snapshot(second: 91)
        other.devices.append(DeviceSnapshot(model: .esp32Pressure, id: "A-0"))
        model.press(.character("["))
        model.receive(other)
        #expect(model.view == .devices)
        #expect(model.cursor.map { model.rowIDs[$0] } == device)
        model.press(.character("["))
        #expect(model.view == .overview)
        model.press(.character("]"), .character("]"), .character("]"), .character("]"))
        #expect(model.view == .alarms)
        model.press(.character("]"))
        #expect(model.view == .alarms && model.notice != nil)
    }

    @Test func `a new way ends the way forward`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("3"), .character("["), .character("5"))
        model.press(.character("]"))
        #expect(model.view == .routes)
        model.press(.character("["))
        #expect(model.view == .devices)
    }

    @Test func `a filter is one place, however it was typed`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("esp")
        model.press(.enter, .character("["))
        #expect(model.view == .devices && model.filter(.devices).isEmpty)
        model.press(.character("]"))
        #expect(model.filter(.devices).source == "esp")
    }

    @Test func `commands do the same, and Esc leads where it led`() {
        var model = ConsoleModel.sample
        model.press(.end, .enter)
        #expect(model.view == .rejections)
        model.press(.character("8"))
        model.type(":back")
        model.press(.enter)
        #expect(model.view == .rejections)
        model.press(.escape, .escape)
        #expect(model.view == .overview)
        model.type(":back")
        model.press(.enter)
        #expect(model.view == .rejections)
    }

    @Test func `what is kept is bounded`() {
        var model = ConsoleModel.sample
        for _ in 0..<100 { model.press(.character("2"), .character("3")) }
        #expect(model.visits.earlier.count == Visits.limit)
        for _ in 0..<200 { model.press(.character("[")) }
        #expect(model.visits.later.count <= 2 * Visits.limit)
    }
}
