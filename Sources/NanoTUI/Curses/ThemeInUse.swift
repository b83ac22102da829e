import Foundation
import NanoCore

/// The theme that the console shows, which follows its file.
struct ThemeInUse {
    private(set) var theme: Theme
    private let catalog: ThemeCatalog
    /// The name of the theme that was asked for last, whether it could be read or not.
    private var tried: String
    /// The file of the theme that is shown; nil for the built-in one.
    private var file: FileWatch?

    /// Reads the theme that the options name, or that was shown last.
    ///
    /// - Parameter faults: Gets what is wrong with the one that was shown last.
    /// - Throws: ``ThemeError`` naming file and line, or the themes that there are.
    init(_ options: ConsoleOptions, faults: inout [String]) throws(ThemeError) {
        catalog = Self.catalog(options)
        var name = options.theme ?? options.lasting.theme ?? Theme.builtIn.name
        if options.theme == nil {
            do {
                _ = try catalog.theme(named: name)
            } catch {
                // What an earlier console has left must not keep this one from starting.
                faults.append(
                    error.isOfName ? "the theme from last time: \(error)" : error.description)
                name = Theme.builtIn.name
            }
        }
        file = catalog.file(named: name).map { FileWatch($0) }
        theme = try catalog.theme(named: name)
        tried = theme.name
    }

    /// Reads the theme that the options name, and forgets it again.
    ///
    /// - Throws: ``ThemeError`` naming file and line, or the themes that there are.
    static func check(_ options: ConsoleOptions) throws(ThemeError) {
        guard let name = options.theme else { return }
        _ = try catalog(options).theme(named: name)
    }

    private static func catalog(_ options: ConsoleOptions) -> ThemeCatalog {
        ThemeCatalog(
            folder: options.themesFolder, environment: ProcessInfo.processInfo.environment,
            executable: Bundle.main.executablePath ?? CommandLine.arguments[0])
    }

    /// The names of the themes that there are.
    var names: [String] { catalog.names }

    /// The name behind the one that was asked for last: a broken theme is stepped over.
    var nextName: String { catalog.name(after: tried) }

    /// Whether the file of the theme was taken away.
    var isAway: Bool { file?.isAway == true }

    /// Goes over to another theme.
    ///
    /// - Throws: ``ThemeError``; the one from before is kept then.
    mutating func change(to name: String) throws(ThemeError) {
        tried = name
        let file = catalog.file(named: name).map { FileWatch($0) }
        theme = try catalog.theme(named: name)
        self.file = file
    }

    /// Takes over what was written to the theme's file.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: ``ThemeError``; the theme stays as it is then.
    mutating func refresh() throws(ThemeError) -> Bool {
        guard file?.hasChanged() == true, let path = file?.path else { return false }
        theme = try ThemeCatalog.theme(named: theme.name, in: path)
        return true
    }
}
