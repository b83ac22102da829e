import Foundation

/// The themes that can be had on this machine.
struct ThemeCatalog {
    private let folders: [String]

    /// - Parameter folder: Searched first. Then come the user's configuration, what is installed
    ///   beside the executable, and the source that it was built from.
    init(folder: String?, environment: [String: String], executable: String) {
        let home = environment["HOME"] ?? ""
        let configuration = environment["XDG_CONFIG_HOME"] ?? home + "/.config"
        let binaries = URL(filePath: executable).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let installed = binaries.appending(path: "../share/nanogridata/themes").standardized
        // `.build/release` and the like lie three folders below the source.
        let source = binaries.appending(path: "../../../themes").standardized
        folders =
            (folder.map { [$0] } ?? []) + [
                configuration + "/nanogridata/themes", installed.path(), source.path(),
            ]
    }

    /// Names of all themes, sorted; the built-in one is always among them.
    var names: [String] {
        var names: Set<String> = [Theme.builtIn.name]
        for folder in folders {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            names.formUnion(files.filter { $0.hasSuffix(".theme") }.map { String($0.dropLast(6)) })
        }
        return names.sorted()
    }

    /// Reads a theme.
    ///
    /// - Throws: ``ThemeError`` naming file and line, or the themes that there are.
    func theme(named name: String) throws(ThemeError) -> Theme {
        for folder in folders {
            let file = "\(folder)/\(name).theme"
            guard FileManager.default.fileExists(atPath: file) else { continue }
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw ThemeError(description: "\(file): cannot be read as UTF-8 text")
            }
            return try Theme(name: name, text: text, file: file)
        }
        if name == Theme.builtIn.name { return .builtIn }
        throw ThemeError(
            description: "no theme is called \(name); there are \(names.joined(separator: ", "))")
    }

    /// The name behind another in their order, which begins again at its end.
    func name(after name: String) -> String {
        let names = names
        return names.first { $0 > name } ?? names.first ?? Theme.builtIn.name
    }
}
