import Foundation
import Glibc
import NanoCore

/// The themes that can be had on this machine.
struct ThemeCatalog {
    private let folders: [String]

    /// - Parameter folder: Searched first. Then come the user's configuration, what is installed
    ///   with the executable or lies beside it, and the source that it was built from.
    init(folder: String?, environment: [String: String], executable: String) {
        let home = environment["HOME"] ?? ""
        let configured = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let configuration = configured ?? home + "/.config"
        let binaries = URL(filePath: executable).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        // `.build/release` and the like lie three folders below the source.
        let beside = ["../share/nanogridata/themes", "themes", "../../../themes"].map {
            binaries.appending(path: $0).standardized.path()
        }
        folders =
            (folder.map { [$0] } ?? []) + [configuration + "/nanogridata/themes"] + beside
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

    /// The file that a theme is read from; nil where there is none of the name.
    func file(named name: String) -> String? {
        // A name is no path.
        guard !name.contains("/") else { return nil }
        return folders.map { "\($0)/\(name).theme" }.first {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// Reads a theme.
    ///
    /// - Throws: ``ThemeError`` naming file and line, or the themes that there are.
    func theme(named name: String) throws(ThemeError) -> Theme {
        if let file = file(named: name) { return try Self.theme(named: name, in: file) }
        if name == Theme.builtIn.name { return .builtIn }
        let names = names
        let known =
            names.count == 1
            ? "there is only \(names[0]), which is built in; --themes-dir names a folder of others"
            : "there are \(PlainWords.list(names))"
        throw ThemeError(
            description: "no theme is called \(SafeText.shortened(name, to: 40)); \(known)",
            isOfName: true)
    }

    /// Reads the file of a theme.
    ///
    /// - Throws: ``ThemeError`` naming file and line.
    static func theme(named name: String, in file: String) throws(ThemeError) -> Theme {
        // Opened without waiting, should it be a pipe.
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ThemeError(description: "\(file): cannot be read") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ThemeError(description: "\(file): is no plain file")
        }
        let data: Data
        do {
            // Nothing at all is an empty file.
            data = try handle.read(upToCount: mostBytes + 1) ?? Data()
        } catch {
            throw ThemeError(description: "\(file): cannot be read")
        }
        guard data.count <= mostBytes else {
            throw ThemeError(
                description: "\(file): is no theme; one has \(mostBytes) bytes at most")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ThemeError(description: "\(file): cannot be read as UTF-8 text")
        }
        return try Theme(name: name, text: text, file: file)
    }

    /// Of a theme file.
    private static let mostBytes = 1 << 16

    /// The name behind another in their order, which begins again at its end.
    func name(after name: String) -> String {
        let names = names
        return names.first { $0 > name } ?? names.first ?? Theme.builtIn.name
    }
}
