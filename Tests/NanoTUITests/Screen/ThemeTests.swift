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
        Theme.keys.filter { $0.fallback == nil }.map { "theme[\($0.key)]=\"#c0c0c0\"" }
            .joined(separator: "\n")
    }

    @Test func `there are eight themes`() {
        #expect(Self.names.count >= 8)
        #expect(Set(Self.names).isSuperset(of: ["dusk.theme", "paper.theme", "monochrome.theme"]))
    }

    @Test(arguments: names) func `a shipped theme can be read on its background`(name: String)
        throws
    {
        let file = Self.folder.appending(path: name)
        let theme = try Theme(
            name: name, text: String(contentsOf: file, encoding: .utf8), file: name)
        for role in Role.allCases where role != .border {
            let front = try #require(theme.foreground(role))
            let back = theme.background(role) ?? Color(red: 0, green: 0, blue: 0)
            #expect(contrast(front, back) >= 4.5, "\(role) is hard to read")
        }
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

    @Test func `the file of the built-in theme is the same`() throws {
        let file = Self.folder.appending(path: "dusk.theme")
        let theme = try Theme(
            name: "dusk", text: String(contentsOf: file, encoding: .utf8), file: "dusk.theme")
        for role in Role.allCases {
            #expect(theme.foreground(role) == Theme.builtIn.foreground(role))
            #expect(theme.background(role) == Theme.builtIn.background(role))
        }
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

    @Test func `the documentation names every key`() throws {
        let file = Self.folder.appending(path: "../docs/themes.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        for (key, fallback) in Theme.keys {
            let row = text.split(separator: "\n").first { $0.hasPrefix("| `\(key)` |") }
            #expect(row?.hasSuffix(fallback.map { "`\($0)` |" } ?? "an error |") == true, "\(key)")
        }
    }

    /// Contrast ratio as WCAG 2.2 defines it.
    private func contrast(_ one: Color, _ other: Color) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private func luminance(_ color: Color) -> Double {
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green)
            + 0.0722 * linear(color.blue)
    }
}
