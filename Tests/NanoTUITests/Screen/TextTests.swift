import Testing

@testable import NanoTUI

@Suite struct TextTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("漢字", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("\u{200B}", 0),
        ("─●", 2), ("\u{7}", 0),
    ])
    func `text takes so many columns`(text: String, columns: Int) {
        #expect(TextWidth.columns(of: text) == columns)
    }

    @Test func `text that is cut ends in an ellipsis and fits`() {
        #expect(TextWidth.fitted("abcdef", to: 4) == "abc…")
        #expect(TextWidth.fitted("abcd", to: 4) == "abcd")
        #expect(TextWidth.fitted("漢字漢字", to: 4) == "漢…")
        #expect(TextWidth.fitted("abc", to: 0) == "")
        #expect(TextWidth.fitted("ppm: 4,125.5", to: 8) == "ppm: …")
        #expect(TextWidth.fitted("ppm: 412, x", to: 11) == "ppm: 412, x")
        #expect(TextWidth.fitted("ppm: 412 xy", to: 10) == "ppm: 412 …")
    }

    @Test func `the end of what is shortened stays`() {
        let text = "timeout after 2,000 ms; 12 packets wait; check the destination"
        let short = TextWidth.shortened(text, to: 40, keeping: 23)
        #expect(short == "timeout after …; check the destination")
        #expect(TextWidth.shortened("abc", to: 3, keeping: 1) == "abc")
        #expect(TextWidth.shortened("abcdef", to: 3, keeping: 6) == "…ef")
    }

    @Test func `lines break at spaces, and within what is longer than one`() {
        #expect(TextWidth.wrapped("ab cd ef", to: 5) == ["ab cd", "ef"])
        #expect(TextWidth.wrapped("abcdefg h", to: 3) == ["abc", "def", "g h"])
        #expect(TextWidth.wrapped("", to: 3) == [""])
    }

    @Test func `numbers read as people write them`() {
        #expect(Numbers.grouped(0) == "0")
        #expect(Numbers.grouped(12_345_678) == "12,345,678")
        #expect(Numbers.rate(2.14) == "2.1")
        #expect(Numbers.rate(999.96) == "1,000")
        #expect(Numbers.rate(.infinity) == "–")
        #expect(Numbers.counted(1, "packet") == "1 packet")
        #expect(Numbers.counted(44_676, "packet") == "44,676 packets")
        #expect(Numbers.duration(7) == "00:07")
        #expect(Numbers.duration(4 * 3_600 + 12 * 60 + 9) == "04:12:09")
        #expect(Numbers.duration(3 * 86_400 + 4 * 3_600 + 12 * 60) == "3d 04:12")
        #expect(Numbers.clock(unixMilliseconds: 43_471_500) == "12:04:31")
        #expect(Numbers.bytes(1_240_000) == "1.2 MB")
        #expect(Numbers.milliseconds(940) == "0.9")
        #expect(Numbers.milliseconds(2_000_000) == "2,000")
        #expect([9_940, 10_000, 9_900].map { Numbers.milliseconds($0) } == ["9.9", "10.0", "9.9"])
    }

    @Test(arguments: 1...90) func `a column drops out before a number is cut`(width: Int) {
        let table = Table(columns: [
            Table.Column("name", 6, flexible: true), Table.Column("first", 11, number: true),
            Table.Column("second", 11, number: true, importance: 1),
            Table.Column("third", 11, number: true, importance: 2),
        ])
        var screen = Screen(width: width, height: 2)
        let numbers = ["111,111,111", "222,222,222", "333,333,333"]
        table.draw(
            [[Table.Entry("n")] + numbers.map { Table.Entry($0) }], selected: nil,
            in: screen.bounds, on: &screen)
        let row = screen.text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        for word in row.split(separator: " ") where word.contains(where: \.isNumber) {
            #expect(numbers.contains(String(word)), "\(word) at width \(width)")
        }
    }

    @Test func `a head stands above the end of its numbers`() {
        let table = Table(columns: [Table.Column("n", 2), Table.Column("rate/s", 9, number: true)])
        var screen = Screen(width: 20, height: 2)
        table.draw(
            [[Table.Entry("a"), Table.Entry("12.5")]], selected: nil, in: screen.bounds,
            on: &screen)
        #expect(screen.text == "  n       rate/s\n  a         12.5")
    }
}
