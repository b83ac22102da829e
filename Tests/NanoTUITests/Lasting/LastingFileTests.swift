import Foundation
import Testing

@testable import NanoTUI

@Suite struct LastingFileTests {
    private func read(_ text: String) throws(LastingFault) -> LastingFile {
        try LastingFile(Array(text.utf8), file: "console.json")
    }

    private func changed(_ change: (inout LastingSettings) -> Void) -> LastingSettings {
        var settings = LastingSettings()
        change(&settings)
        return settings
    }

    @Test func `what one console has written the next one begins with`() throws {
        let mine = changed {
            $0.theme = "paper"
            $0.sort = DeviceSort(by: .rate)
            $0.hiddenColumns[.devices] = ["address", "clock"]
            $0.isMouseOn = true
        }
        let bytes = try LastingFile(nil, file: "x").bytes(changing: LastingSettings(), to: mine)
        #expect(try LastingFile(bytes, file: "x").settings == mine)
        #expect(try LastingFile(nil, file: "x").settings == LastingSettings())
    }

    @Test func `two consoles do not take each other's changes back`() throws {
        let start = LastingSettings()
        let first = try LastingFile(nil, file: "x").bytes(
            changing: start, to: changed { $0.theme = "paper" })
        let second = try LastingFile(first, file: "x").bytes(
            changing: start, to: changed { $0.hiddenColumns[.log] = ["from"] })
        let third = try LastingFile(second, file: "x").bytes(
            changing: start, to: changed { $0.hiddenColumns[.devices] = ["address"] })
        let settings = try LastingFile(third, file: "x").settings
        #expect(settings.theme == "paper")
        #expect(settings.hiddenColumns == [.log: ["from"], .devices: ["address"]])
    }

    @Test func `what a later version has written stays`() throws {
        let later = """
            {"panes": [1, {"a": null}], "theme": "fjord",
             "hidden_columns": {"tides": ["moon"], "log": ["from"]}}
            """
        let file = try read(later)
        #expect(file.faults.isEmpty && file.settings.theme == "fjord")
        var mine = file.settings
        mine.hiddenColumns[.log] = []
        let bytes = try file.bytes(changing: file.settings, to: mine)
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        #expect(
            text
                == #"{"hidden_columns":{"log":[],"tides":["moon"]},"panes":[1,{"a":null}],"#
                + #""theme":"fjord"}"#)
    }

    @Test(arguments: [
        "", "[1]", "{\"theme\": \"pa", "\0\0\0", "{\"theme\":\n\n \"paper\",, }", "\u{FF}\u{FE}",
    ])
    func `a damaged file is told by its name`(text: String) {
        let fault = #expect(throws: LastingFault.self) { try self.read(text) }
        #expect(fault?.description.hasPrefix("console.json:") == true)
        #expect(fault?.description.contains("is no JSON") == true)
    }

    @Test(arguments: [
        ("theme = dusk\n", 1), ("{\n  \"theme\": \"a\",\n  sort: 1\n}\n", 3),
        ("{\n  \"theme\": \"a\"\n", 2),
        ("{\n\n\"a\": [1,,2]}", 3), ("[1]", 1), ("", 1),
    ])
    func `of what is no JSON the line is told`(text: String, line: Int) {
        let fault = #expect(throws: LastingFault.self) { try self.read(text) }
        #expect(fault?.description.hasPrefix("console.json:\(line): is no JSON") == true)
    }

    @Test func `a value that is none is told with its line, and the others hold`() throws {
        let file = try read(
            """
            {
              "sort": "size upwards",
              "theme": 7,
              "mouse": true
            }
            """)
        #expect(file.settings == changed { $0.isMouseOn = true })
        #expect(file.faults.count == 2)
        #expect(
            file.faults[0] == "console.json:3: \"theme\" is the name of a theme; it is passed over")
        #expect(
            file.faults[1].hasPrefix("console.json:2: \"sort\" is one of device, state, model, "))
    }

    @Test func `names of columns that older versions wrote are read`() throws {
        let file = try read(
            """
            {"sort": "offset descending",
             "hidden_columns": {"devices": ["clock-s", "rate/s"], "routes": ["p50/p99-ms"]}}
            """)
        #expect(file.faults.isEmpty)
        #expect(file.settings.sort == DeviceSort(by: .clock))
        #expect(file.settings.sort.words == "clock descending")
        #expect(file.settings.hiddenColumns[.devices] == ["clock", "rate"])
        #expect(file.settings.hiddenColumns[.routes] == ["p50/p99"])
        #expect(
            try read("{\"sort\": \"generation ascending\"}").settings.sort.words == "gen ascending")
    }

    @Test func `columns that there are not are not missed`() throws {
        let file = try read("{\"hidden_columns\": {\"devices\": [\"device\", \"moon\"]}}")
        var model = ConsoleModel.sample
        model.lasting = file.settings
        model.press(.character("2"))
        #expect(model.hiddenColumns(of: .devices).isEmpty)
        #expect(model.picture(120, 30).contains("device↑"))
    }
}
