import Foundation
import Testing

@testable import NanoTUI

@Suite struct ThemeTests {
    static let folder = URL(filePath: #filePath).appending(path: "../../../../themes").standardized
    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { $0.hasSuffix(".theme") }.sorted()

    @Test func `there are themes for every eye`() {
        #expect(Self.names.count >= 8)
        #expect(Set(Self.names).isSuperset(of: ["paper.theme", "monochrome.theme"]))
    }

    @Test(arguments: names)
    func `a shipped theme is whole and can be read`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let theme = try Theme(name: name, text: text, file: name)
        for role in Role.allCases where role != .border {
            let front = try #require(theme.foreground(role))
            let back = theme.background(role) ?? Color(red: 0, green: 0, blue: 0)
            #expect(contrast(front, back) >= 4.5, "\(name): \(role)")
        }
    }

    @Test(arguments: [
        ("theme[main_fg=\"#ffffff\"", "a.theme:2"), ("colour red", "a.theme:2"),
        ("theme[title]=\"#12345\"", "theme[title]"), ("theme[title]=\"blue\"", "a.theme:2"),
        ("# nothing", "is missing"),
    ])
    func `a broken theme is named by file and line`(line: String, words: String) throws {
        let error = try #require(throws: ThemeError.self) {
            try Theme(name: "a", text: "# a theme\n\(line)\n", file: "a.theme")
        }
        #expect(error.description.contains(words))
    }

    /// WCAG 2.2, "contrast ratio".
    private func contrast(_ first: Color, _ second: Color) -> Double {
        let (one, two) = (luminance(first), luminance(second))
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    private func luminance(_ color: Color) -> Double {
        let parts = [color.red, color.green, color.blue].map { value -> Double in
            let share = Double(value) / 255
            return share <= 0.040_45 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
