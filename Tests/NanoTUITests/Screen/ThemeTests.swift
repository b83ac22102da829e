import Foundation
import NanoCore
import Testing

@testable import NanoTUI

@Suite struct ThemeTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../themes").standardized
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { $0.hasSuffix(".theme") }.sorted()

    private func theme(_ text: String) throws(ThemeError) -> Theme {
        try Theme(name: "mine", text: text, file: "mine.theme")
    }

    private var valid: String {
        ThemeKey.all.filter { $0.fallback == .none }.map { "theme[\($0.name)]=\"#c0c0c0\"" }
            .joined(separator: "\n")
    }

    @Test func `lines may end as on Windows`() throws {
        let theme = try theme(valid.replacing("\n", with: "\r\n") + "\r\n")
        #expect(theme.foreground(.text) == Color(red: 0xC0, green: 0xC0, blue: 0xC0))
        let error = #expect(throws: ThemeError.self) {
            try self.theme("# one\r\n\r\ntheme[main_bg]=\"red\"\r\n")
        }
        #expect(error?.description.hasPrefix("mine.theme:3: theme[main_bg]: \"red\"") == true)
    }

    @Test func `what a message repeats of a file can harm no terminal`() {
        let error = #expect(throws: ThemeError.self) {
            try theme("theme[a\u{1b}]=\"\u{1b}[2J\u{85}\"")
        }
        #expect(error.map { SafeText.escaped($0.description) == $0.description } == true)
    }

    @Test func `a missing key is named`() {
        #expect(throws: ThemeError(description: "mine.theme: theme[main_bg] is missing")) {
            try theme("")
        }
    }

    @Test func `a bad colour is told with file, line and what is allowed`() {
        let error = #expect(throws: ThemeError.self) {
            try theme("# mine\n\ntheme[title]=\"#12345\"\n")
        }
        #expect(
            error?.description
                == "mine.theme:3: theme[title]: \"#12345\" is no colour; "
                + "allowed are #rrggbb, #gg and \"r g b\"")
    }

    @Test(arguments: ["theme[title]", "theme[title]=#ffffff", "title=\"#fff\"", "theme[a]=\"#ff"])
    func `what is no theme line is told with its line`(line: String) {
        let error = #expect(throws: ThemeError.self) { try theme(valid + "\n" + line) }
        #expect(error?.description.hasPrefix("mine.theme:12: not a theme line") == true)
    }

    @Test func `keys without a value fall back to another's colour`() throws {
        let theme = try theme(
            valid.replacing("theme[cpu_end]=\"#c0c0c0\"", with: "theme[cpu_end]=\"1 2 3\"")
                + "\ntheme[unknown_key]=\"#ff\"")
        #expect(theme.foreground(.bad) == Color(red: 1, green: 2, blue: 3))
        #expect(theme.foreground(.warning) == Color(red: 0xC0, green: 0xC0, blue: 0xC0))
    }

    @Test func `the documentation names every key, and no other`() throws {
        let file = Self.folder.appending(path: "../docs/themes.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "\n## ").first { $0.hasPrefix("Keys") })
        let rows = section.matches(of: /\n\| `([a-z_]+)` \|.*\| (.+) \|/).map {
            (String($0.output.1), String($0.output.2))
        }
        #expect(rows.map(\.0) == ThemeKey.all.map(\.name))
        for (key, row) in zip(ThemeKey.all, rows) {
            let words =
                switch key.fallback {
                case .none: "an error"
                case .key(let other): "`\(other)`"
                case .straight: "straight on"
                }
            #expect(row.1 == words, "\(key.name)")
        }
    }

    @Test func `a curve goes from its lowest colour over the middle to its highest`() throws {
        let ends = "\ntheme[download_start]=\"0 0 0\"\ntheme[download_end]=\"70 140 210\""
        let straight = try theme(valid + ends)
        #expect(straight.foreground(.graphLow) == Color(red: 0, green: 0, blue: 0))
        #expect(straight.foreground(.graphLow, level: 1) == Color(red: 10, green: 20, blue: 30))
        #expect(straight.foreground(.graphLow, level: 7) == Color(red: 70, green: 140, blue: 210))
        let bent = try theme(valid + ends + "\ntheme[download_mid]=\"200 0 0\"")
        #expect(bent.foreground(.graphLow, level: 3)?.red ?? 0 > 150)
        #expect(bent.foreground(.graphLow, level: 7) == straight.foreground(.graphLow, level: 7))
        // A text has one colour, however high it stands.
        #expect(bent.foreground(.text, level: 7) == bent.foreground(.text))
    }

    @Test func `a theme of btop is taken as it is, and may leave the background to the terminal`()
        throws
    {
        let theme = try theme(
            """
            theme[main_bg]=""
            theme[main_fg]="#cc"
            theme[title]="#ee"
            theme[hi_fg]="#b54040"
            theme[selected_bg]=""
            theme[selected_fg]="#ee"
            theme[inactive_fg]="#90"
            theme[graph_text]="#60"
            theme[proc_misc]="#0de756"
            theme[cpu_box]="#556d59"
            theme[div_line]="#50"
            theme[temp_start]="#4897d4"
            theme[cpu_start]="#77ca9b"
            theme[cpu_mid]="#cbc06c"
            theme[cpu_end]="#dc4c4c"
            theme[download_start]="#291f75"
            theme[download_mid]="#4f43a3"
            theme[download_end]="#b0a9de"
            """)
        #expect(theme.background(.text) == nil)
        #expect(theme.foreground(.paused) == theme.foreground(.warning))
        var screen = Screen(width: 4, height: 1)
        screen.put("x", x: 0, y: 0, style: .selected)
        var renderer = Renderer(theme: theme, depth: .truecolor, isUnicode: true)
        let text = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        // The chosen row is told from others by reversing it; nothing is painted behind text.
        #expect(text.contains("\u{1B}[0;1;7;38;2;238;238;238m\u{1B}[1;1Hx"))
        #expect(!text.contains("48;"))
    }
}
