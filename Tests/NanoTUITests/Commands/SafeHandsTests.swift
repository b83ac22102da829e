import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SafeHandsTests {
    @Test func `a skip takes the route's name, and nothing less`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .down, .character("x"))
        #expect(model.picture(80, 24).contains("Type cycle to skip:"))
        #expect(model.press(.character("y"), .enter).isEmpty)
        guard case .confirmation = model.overlay else {
            Issue.record("the question is gone")
            return
        }
        model.press(.backspace)
        model.type("cycle")
        #expect(model.press(.enter) == [.perform(.skipRoute("cycle"))])
    }

    @Test func `the word pause never resumes, which the key does`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .down, .character(":"))
        model.type("pause")
        #expect(model.press(.enter) == [.remember("pause")])
        #expect(model.notice?.text == "cycle is paused already")
        #expect(model.press(.character("p")) == [.perform(.resumeRoute("cycle"))])
    }

    @Test func `Enter on nothing typed is Cancel, and so is Esc`() {
        for key in [Key.enter, .escape] {
            var model = ConsoleModel.sample
            model.press(.character("5"), .home, .down, .character("x"))
            #expect(model.press(key).isEmpty)
            guard case .none = model.overlay else {
                Issue.record("the question is still there")
                return
            }
        }
    }

    @Test func `a pause says whose packets wait, how many, and for how long there is room`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        (snapshot.journal.usedBytes, snapshot.journal.budgetBytes) = (1 << 20, 8 << 30)
        model.receive(snapshot)
        model.press(.character("5"), .home, .character("p"))
        guard case .confirmation(let question) = model.overlay else {
            Issue.record("no question")
            return
        }
        let text = question.text.joined(separator: " ")
        #expect(question.title == "Pause alba?")
        #expect(text.contains("a minute; they will wait in the gateway, which has room for about"))
        #expect(text.contains("packets a second") && text.contains("devices may send to it"))
    }

    @Test func `no row moves while a question is open`() {
        var model = ConsoleModel.sample
        model.press(.character("2"))
        for _ in 0..<3 { model.press(.character("s")) }
        #expect(model.deviceSort.column == .rate)
        model.press(.character("b"))
        let before = model.rowIDs
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.devices.indices {
            snapshot.devices[index].packetsPerSecond = Double(100 - index)
        }
        model.receive(snapshot)
        model.press(.tab)
        #expect(model.rowIDs == before)
        model.press(.escape)
        #expect(model.rowIDs != before)
    }

    @Test func `a pause is taken back, and taking back is too`() {
        var model = ConsoleModel.sample
        model.finish(.pauseRoute("cycle"), .done("cycle is paused"))
        #expect(model.press(.control("r")) == [.perform(.resumeRoute("cycle"))])
        model.finish(.resumeRoute("cycle"), .done("cycle is resumed"))
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes[1].state = .flowing
        model.receive(snapshot)
        model.press(.control("r"))
        #expect(model.picture(80, 24).contains("Pause cycle?"))
    }

    @Test func `a block is taken back with a closed registry too, which it leaves as it was`() {
        var model = ConsoleModel.sample
        let name = DeviceName(.esp32Pressure, "ESP32-001")
        model.finish(.register(.block(name)), .done("it is blocked"))
        model.press(.control("r"))
        #expect(model.press(.character("y")) == [.perform(.register(.unblock(name)))])
    }

    @Test func `a block of an address is taken back, and none that was there before`() {
        var model = ConsoleModel.sample
        let block = Command.blockAddress("10.0.4.17", seconds: 3_600)
        model.finish(block, .unchanged("10.0.4.17 is blocked already, until 2026-01-01 02:00:00Z"))
        #expect(model.press(.control("r")).isEmpty)
        #expect(model.notice?.text == "there is nothing to take back")
        model.finish(block, .done("10.0.4.17 is blocked until 2026-01-01 01:01:30Z"))
        model.press(.control("r"))
        #expect(model.picture(80, 24).contains("A block that was there before stays"))
        #expect(model.press(.character("y")) == [.perform(.takeBackBlock("10.0.4.17"))])
        model.finish(.takeBackBlock("10.0.4.17"), .done("10.0.4.17 is not blocked any more"))
        model.press(.control("r"))
        #expect(model.picture(80, 24).contains("Block 10.0.4.17 for an hour?"))
    }

    @Test func `what failed is not taken back`() {
        var model = ConsoleModel.sample
        model.finish(.pauseRoute("cycle"), .failed("no"))
        #expect(model.press(.control("r")).isEmpty)
        #expect(model.notice?.text == "there is nothing to take back")
    }

    @Test func `what cannot be taken back says so once, and then what was before it is`() {
        var model = ConsoleModel.sample
        model.finish(.skipRoute("influx"), .done("influx skips what waited"))
        for _ in 0..<2 {
            #expect(model.press(.control("r")).isEmpty)
            #expect(model.notice?.text == "a skip cannot be taken back")
        }
        model.finish(.pauseRoute("alba"), .done("alba is paused"))
        model.finish(.skipRoute("alba"), .done("alba skips what waited"))
        #expect(model.press(.control("r")).isEmpty)
        let words =
            "a skip cannot be taken back; once more takes back what was before it: resume alba"
        #expect(model.notice?.text == words)
        #expect(model.press(.control("r")) == [.perform(.resumeRoute("alba"))])
        model.finish(.rotateSecret(.esp32Pressure), .done("0x10: generation 5 is current"))
        #expect(model.press(.control("r")).isEmpty)
        #expect(model.notice?.text.hasPrefix("a rotation cannot be taken back; ") == true)
        model.finish(.pauseRoute("cycle"), .done("cycle is paused"))
        #expect(model.press(.control("r")) == [.perform(.resumeRoute("cycle"))])
    }

    @Test(arguments: ["pause", "skip", "device 0x10", "registry", "show dev"])
    func `a line that is not whole says why when it is entered`(line: String) {
        var model = ConsoleModel.sample
        model.press(.character("4"))
        model.type(":" + line)
        let before = model.picture(100, 24)
        #expect(model.press(.enter).isEmpty)
        let words = ["is missing", "works in devices", "no view is called dev"]
        #expect(!words.contains { before.contains($0) })
        #expect(words.contains { model.picture(100, 24).contains($0) })
        model.type("x")
        #expect(model.notice == nil)
    }

    @Test func `a filter, an order and a theme are taken back`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("ESP32-01")
        model.press(.enter)
        #expect(model.devices.count == 10)
        model.press(.control("r"))
        #expect(model.devices.count == 41)
        model.press(.control("r"))
        #expect(model.devices.count == 10)
        model.press(.character("s"), .character("s"), .control("r"))
        #expect(model.deviceSort.column == .state)
        model.press(.character("t"))
        #expect(model.press(.control("r")) == [.theme("dusk")])
    }

    @Test func `a filter that is taken back is taken back in its view`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("ESP32-01")
        model.press(.enter, .character("1"), .control("r"))
        #expect(model.view == .devices && model.devices.count == 41)
    }
}
