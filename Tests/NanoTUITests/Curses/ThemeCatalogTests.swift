import Foundation
import Testing

@testable import NanoTUI

@Suite final class ThemeCatalogTests {
    private let root = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-themes-\(UUID().uuidString)")

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    private func write(_ text: String, to path: String) throws {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func catalog(folder: String? = nil) -> ThemeCatalog {
        ThemeCatalog(
            folder: folder.map { root.appending(path: $0).path() },
            environment: ["XDG_CONFIG_HOME": root.appending(path: "config").path()],
            executable: root.appending(path: "usr/bin/nanogridata").path())
    }

    private static func theme(text color: String) -> String {
        ThemeKey.all.map { "theme[\($0.name)]=\"\(color)\"\n" }.joined()
    }

    @Test func `the built-in theme is there without any file`() throws {
        #expect(catalog().names == [Theme.builtIn.name])
        #expect(try catalog().theme(named: Theme.builtIn.name).name == Theme.builtIn.name)
    }

    @Test func `a theme that is not there is told with all that are`() throws {
        func fault() -> String? {
            do {
                _ = try catalog().theme(named: "nope")
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            fault()
                == "no theme is called nope; there is only dusk, which is built in; --themes-dir "
                + "names a folder of others")
        try write(Self.theme(text: "#01"), to: "usr/share/nanogridata/themes/ash.theme")
        try write(Self.theme(text: "#01"), to: "usr/share/nanogridata/themes/elm.theme")
        #expect(fault() == "no theme is called nope; there are ash, dusk and elm")
    }

    @Test func `the folder asked for wins over the user's, and that over the installed one`() throws
    {
        try write(Self.theme(text: "#01"), to: "usr/share/nanogridata/themes/mine.theme")
        #expect(try catalog().theme(named: "mine").foreground(.text)?.red == 1)
        try write(Self.theme(text: "#02"), to: "config/nanogridata/themes/mine.theme")
        #expect(try catalog().theme(named: "mine").foreground(.text)?.red == 2)
        try write(Self.theme(text: "#03"), to: "asked/mine.theme")
        #expect(try catalog(folder: "asked").theme(named: "mine").foreground(.text)?.red == 3)
    }

    @Test func `themes beside the executable are found, and those of the source it was built in`()
        throws
    {
        try write(Self.theme(text: "#01"), to: "usr/bin/themes/near.theme")
        try write(Self.theme(text: "#02"), to: "themes/built.theme")
        #expect(try catalog().theme(named: "near").foreground(.text)?.red == 1)
        let built = ThemeCatalog(
            folder: nil, environment: [:],
            executable: root.appending(path: ".build/any/debug/nanogridata").path())
        #expect(try built.theme(named: "built").foreground(.text)?.red == 2)
    }

    @Test func `a name is no path, and a folder that is none of the user's is not asked`() throws {
        try write(Self.theme(text: "#01"), to: "secret.theme")
        try write(Self.theme(text: "#01"), to: "config/nanogridata/themes/mine.theme")
        #expect(throws: ThemeError.self) { try catalog().theme(named: "../../../secret") }
        let relative = ThemeCatalog(
            folder: nil, environment: ["XDG_CONFIG_HOME": "config"], executable: "/x")
        #expect(throws: ThemeError.self) { try relative.theme(named: "mine") }
    }

    @Test func `a file is told as changed once, when it has stood still`() throws {
        try write("1", to: "a.theme")
        let path = root.appending(path: "a.theme").path()
        var watch = FileWatch(path)
        try write("22", to: "a.theme")
        let changed = (0..<3).map { _ in watch.hasChanged() }
        #expect(changed == [false, true, false])
        try FileManager.default.removeItem(atPath: path)
        let gone = (0..<2).map { _ in watch.hasChanged() }
        #expect(gone == [false, false])
        // An editor that puts another file in its place, of the same size.
        try write("33", to: "b.theme")
        rename(root.appending(path: "b.theme").path(), path)
        let replaced = (0..<2).map { _ in watch.hasChanged() }
        #expect(replaced == [false, true])
    }

    @Test func `a theme that is not there is answered with those that are`() throws {
        try write(Self.theme(text: "#01"), to: "config/nanogridata/themes/mine.theme")
        let error = try #require(throws: ThemeError.self) {
            try catalog().theme(named: "none such")
        }
        #expect(error.description == "no theme is called none such; there are dusk and mine")
    }

    @Test func `a broken theme is told and passed over by the next step`() throws {
        try write("theme[main_fg]=red\n", to: "asked/broken.theme")
        let catalog = catalog(folder: "asked")
        let next = catalog.name(after: Theme.builtIn.name)
        #expect(next == "broken")
        let error = try #require(throws: ThemeError.self) { try catalog.theme(named: next) }
        #expect(error.description.contains("broken.theme:1: "))
        #expect(catalog.name(after: next) == Theme.builtIn.name)
    }
}
