import NanoCore
import Testing

@testable import NanoTUI

@Suite struct ConsoleModelTests {
    @Test func `an alarm leads to the failing byte in two keys`() throws {
        var model = ConsoleModel.sample
        model.press(.end, .enter)
        #expect(model.view == .rejections)
        #expect(model.filter(.rejections).source == "reason:replay model:0x10")
        model.press(.enter)
        #expect(model.opened?.refusal?.reason == .replay)
        #expect(model.picture(100, 30).contains("✗"))
    }

    @Test func `the cursor stays with its device when the order changes`() throws {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .down, .down)
        let before = try #require(model.list(.devices).selected)
        var other = SampleGateway.snapshot(second: 91)
        other.devices.append(DeviceSnapshot(model: .esp32Pressure, id: "A-0"))
        model.receive(other)
        let index = try #require(model.cursor)
        #expect(index == 4 && model.rowIDs[index] == before)
    }

    @Test func `sorting puts the cursor on the first row`() {
        var model = ConsoleModel.sample
        for key in [Key.character("s"), .character("S")] {
            model.press(.character("2"), .down, .down, key)
            #expect(model.cursor == 0)
        }
    }

    @Test func `a list is followed only from its end`() throws {
        var model = ConsoleModel.sample
        model.press(.character("3"))
        #expect(model.list(.packets).isFollowing)
        model.press(.up)
        #expect(!model.list(.packets).isFollowing)
        let selected = model.list(.packets).selected
        model.receive(SampleGateway.snapshot(second: 90))
        #expect(model.list(.packets).selected == selected)
        model.press(.end)
        #expect(model.list(.packets).isFollowing)
    }

    @Test func `quitting is asked about, and Cancel is the default`() {
        var model = ConsoleModel.sample
        #expect(model.press(.character("q"), .enter).isEmpty)
        #expect(model.press(.control("c"), .escape).isEmpty)
        #expect(model.press(.character("q"), .right, .enter) == [.quit])
        #expect(model.press(.character("q"), .character("y")) == [.quit])
    }

    @Test func `traffic cannot change what a confirmation is about`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .character("p"))
        var other = SampleGateway.snapshot(second: 91)
        other.routes.reverse()
        model.receive(other)
        #expect(model.press(.character("y")) == [.perform(.pauseRoute("alba"))])
    }

    @Test func `resuming needs no question`() {
        var model = ConsoleModel.sample
        let effects = model.press(.character("5"), .home, .down, .character("p"))
        #expect(effects == [.perform(.resumeRoute("cycle"))])
    }

    @Test func `rotation names the model under the cursor`() {
        var model = ConsoleModel.sample
        model.press(.character("6"), .end, .character("R"))
        #expect(model.picture(80, 24).contains("Rotate the current secret of 0x20 STM32?"))
        #expect(model.press(.character("y")) == [.perform(.rotateSecret(.stm32Gas))])
    }

    @Test func `freezing holds the picture while counting goes on`() {
        var model = ConsoleModel.sample
        model.press(.character(" "))
        model.receive(SampleGateway.snapshot(second: 100))
        #expect(model.shown.gateway.uptimeSeconds == 90)
        #expect(model.picture(120, 40).contains("frozen 00:10, +100,300 since"))
        model.press(.character(" "))
        #expect(model.shown.gateway.uptimeSeconds == 100)
    }

    @Test func `a dump holds what is listed, in the chosen format`() throws {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("/"))
        model.type("reason:replay")
        let effects = model.press(.enter, .character("d"), .right, .enter)
        guard case .perform(.dump(let records, let format))? = effects.first else {
            Issue.record("no dump: \(effects)")
            return
        }
        #expect(format == .ndjson)
        #expect(records.count == 4 && records.allSatisfy { $0.refusal?.reason == .replay })
    }

    @Test func `results of commands are said, and go away`() {
        var model = ConsoleModel.sample
        model.finish(.resumeRoute("x"), .failed("there is no route x"))
        #expect(model.picture(80, 24).contains("there is no route x"))
        model.receive(SampleGateway.snapshot(second: 120))
        #expect(!model.picture(80, 24).contains("there is no route x"))
    }

    @Test func `from a rejection it goes to all of its device, or of its address`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .enter, .character("f"))
        #expect(model.opened == nil)
        #expect(model.filter(.rejections).source == "device:ESP32-017")
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices {
            snapshot.rejections[index].deviceID = nil
            snapshot.rejections[index].address = index < 3 ? "[::1]:7" : "[::1]1:7"
        }
        model.press(.escape)
        model.receive(snapshot)
        model.press(.home, .character("f"))
        #expect(model.records.count == 3)
    }

    @Test func `no number is cut where the top line is too narrow for it`() {
        for width in 1...80 {
            var model = ConsoleModel.sample
            let line = model.picture(width, 24).split(separator: "\n", maxSplits: 1)[0]
            #expect(line.contains("1,024 conns") || !line.contains("24"), "\(width): \(line)")
        }
    }

    @Test func `the help names every key of the view`() {
        for view in ViewKind.allCases {
            var model = ConsoleModel.sample
            model.press(.character(Character("\(view.rawValue)")), .character("?"))
            let picture = model.picture(120, 60)
            for binding in KeyMap.standard.bindings(in: view) {
                let words =
                    if case .show(let kind) = binding.action { kind.title } else { binding.words }
                #expect(picture.contains(words.prefix(50)), "\(view): \(words)")
            }
        }
    }

    @Test func `no key has two meanings in a view`() {
        for view in ViewKind.allCases {
            let keys = KeyMap.standard.bindings(in: view).flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(view)")
        }
    }
}
