import NanoCore
import Testing

@testable import NanoTUI

@Suite struct MouseTests {
    private func model(_ view: Character) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.lasting.isMouseOn = true
        model.press(.character(view))
        return model
    }

    /// Clicks on the first place that shows a text.
    @discardableResult
    private func click(_ text: String, _ model: inout ConsoleModel) throws -> [Effect] {
        let lines = model.picture(100, 30).split(separator: "\n", omittingEmptySubsequences: false)
        let row = try #require(lines.lastIndex { $0.contains(text) })
        let line = lines[row]
        let place = try #require(line.ranges(of: text).first?.lowerBound)
        let column = line.distance(from: line.startIndex, to: place)
        return model.press(.mouse(MouseEvent(.press, x: column, y: row)))
    }

    @Test func `a click selects a row, and a second one opens it`() throws {
        var model = model("2")
        try click("ESP32-002", &model)
        #expect(model.list(.devices).selected == .device(.esp32Pressure, "ESP32-002"))
        #expect(model.view == .devices)
        try click("ESP32-002", &model)
        #expect(model.view == .device)
    }

    @Test func `the second click opens only what the first one has selected`() throws {
        var model = model("2")
        try click("ESP32-002", &model)
        model.press(.up, .down)
        try click("ESP32-002", &model)
        #expect(model.view == .devices)
        try click("ESP32-001", &model)
        #expect(model.view == .devices)
        // A row is what it is, wherever it has moved since it was drawn.
        _ = model.picture(100, 30)
        var other = SampleGateway.snapshot(second: 91)
        other.devices.append(DeviceSnapshot(model: .esp32Pressure, id: "A-0"))
        let spot = try #require(model.hotspots.first)
        guard case .row(let id) = spot.target else { throw CancellationError() }
        model.receive(other)
        model.press(.mouse(MouseEvent(.press, x: spot.rect.x, y: spot.rect.y)))
        #expect(model.list(.devices).selected == id)
    }

    @Test func `the wheel scrolls, and tabs and keys in the bottom line can be clicked`() throws {
        var model = model("2")
        model.press(.mouse(MouseEvent(.wheelDown, x: 5, y: 5)))
        #expect(model.cursor == 3)
        model.press(.mouse(MouseEvent(.wheelUp, x: 5, y: 5)))
        #expect(model.cursor == 0)
        // On the overview the views have their names.
        model.press(.character("1"))
        try click("3 P", &model)
        #expect(model.view == .packets)
        try click("? help", &model)
        guard case .sheet = model.overlay else {
            Issue.record("no help")
            return
        }
        model.press(.mouse(MouseEvent(.wheelDown, x: 5, y: 5)))
        #expect(model.sheetScroll == 3)
    }

    @Test func `a click changes nothing, and answers no question with yes`() throws {
        var model = model("5")
        model.press(.home, .down)
        #expect(model.shown.routes[1].state == .paused)
        // To resume would be done at once.
        #expect(try click("p resume", &model).isEmpty)
        #expect(model.notice?.text == "a click changes nothing; press p")
        model.press(.escape, .home)
        #expect(try click("p pause", &model).isEmpty)
        guard case .confirmation(let question) = model.overlay else {
            Issue.record("no question")
            return
        }
        // Clicks beside the buttons, also on rows and keys under the question, do nothing.
        for y in 0..<30 {
            for x in stride(from: 0, to: 100, by: 3) {
                _ = model.picture(100, 30)
                guard case .confirmation(let now) = model.overlay else { break }
                #expect(now.effects == question.effects)
                let isButton = model.hotspots.contains {
                    $0.contains(MouseEvent(.press, x: x, y: y)) && $0.target == .answer(false)
                }
                if isButton { continue }
                let effects = model.press(.mouse(MouseEvent(.press, x: x, y: y)))
                #expect(effects.isEmpty)
            }
        }
        #expect(try click("Pause ", &model).isEmpty)
        #expect(try click("[Pause]", &model).isEmpty)
        #expect(model.press(.enter) == question.effects)
        model.press(.home, .character("p"))
        #expect(try click("[Cancel]", &model).isEmpty)
        guard case .none = model.overlay else {
            Issue.record("still asked")
            return
        }
    }

    @Test func `what is typed is not touched by clicks, and without the mouse nothing is`() throws {
        var model = model("2")
        model.press(.character("/"), .character("e"))
        try click("ESP32-002", &model)
        #expect(model.picture(100, 30).contains("/e"))
        model.press(.escape, .character("O"))
        #expect(!model.lasting.isMouseOn)
        try click("ESP32-002", &model)
        #expect(model.list(.devices).selected == nil)
        model.press(.character("O"))
        #expect(model.lasting.isMouseOn)
    }

    @Test func `what is pasted into no line does nothing`() {
        var model = model("5")
        #expect(model.press(.paste("qyp")).isEmpty)
        guard case .none = model.overlay else {
            Issue.record("a paste was taken as keys")
            return
        }
        model.press(.character("/"))
        model.press(.paste("state:paused"))
        model.press(.enter)
        #expect(model.filter(.routes).source == "state:paused")
    }
}
