import Testing

@testable import NanoTUI

@Suite struct TextTableTests {
    private let table = TextTable(
        columns: [
            .init("id"), .init("model", importance: 2), .init("device", least: 6),
            .init("time", importance: 1), .init("answer", least: 8),
        ],
        rows: [
            ["7", "0x10", "ESP32-000017", "12:00", "lab is not known here"],
            ["1234", "0x10", "漢字漢字", "12:01", ""],
        ])

    @Test func `without a width everything is there, in columns`() {
        #expect(
            table.lines(width: nil) == [
                "id    model  device        time   answer",
                "7     0x10   ESP32-000017  12:00  lab is not known here",
                "1234  0x10   漢字漢字      12:01",
            ])
    }

    @Test func `the last of the long texts is cut first, and an id never`() {
        #expect(table.lines(width: 50)[1] == "7     0x10   ESP32-000017  12:00  lab is not know…")
        #expect(table.lines(width: 40)[1] == "7     0x10   ESP32-…     12:00  lab is …")
    }

    @Test func `what is still too wide loses columns by their importance`() {
        #expect(
            table.lines(width: 30) == [
                "id    device   time   answer", "7     ESP32-…  12:00  lab is …",
                "1234  漢字漢…  12:01",
            ])
        #expect(table.lines(width: 22)[1] == "7     ESP32…  lab is …")
        #expect(table.lines(width: 3).first == "id    device  answer")
    }

    @Test(arguments: 24...80)
    func `no line is wider than the terminal`(width: Int) {
        for line in table.lines(width: width) { #expect(TextWidth.columns(of: line) <= width) }
    }

    @Test func `hostile text is shown, not obeyed`() {
        let table = TextTable(columns: [.init("answer")], rows: [["\u{1B}[2J\u{202E}"]])
        #expect(table.lines(width: nil)[1] == #"\u{1B}[2J\u{202E}"#)
    }
}
