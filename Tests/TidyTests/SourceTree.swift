import Foundation
import Testing

/// One Swift file of the project, as text.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// From the project's root: `Sources/NanoCore/Frame/CRC16.swift`.
    let path: String
    let lines: [String]

    var testDescription: String { path }

    /// The modules named by import declarations, whatever their access or attributes.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
            else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var"]
            let name = kinds.contains(words[keyword + 1]) ? words[keyword + 2] : words[keyword + 1]
            return String(name.prefix { $0 != "." })
        }
    }

    private var accessLevels: Set<Substring> {
        ["public", "package", "internal", "fileprivate", "private"]
    }
}

/// The project's own sources, read from the folder that this test was compiled from.
enum SourceTree {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file below a folder, ordered by path.
    static func files(in folder: String) -> [SourceFile] {
        let base = root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path()) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { name in
                let text = try? String(contentsOf: base.appending(path: name), encoding: .utf8)
                return SourceFile(
                    path: folder + "/" + name,
                    lines: (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                        .map(String.init))
            }
    }
}
