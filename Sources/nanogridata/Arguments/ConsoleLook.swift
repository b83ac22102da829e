public import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe
public import NanoTUI

/// How a console looks.
struct ConsoleLook: ParsableArguments {
    @Option(name: .long, help: "Name of a theme; t changes it while running.")
    var theme: String?

    @Option(name: .long, help: "Folder that is searched for themes first.")
    var themesDir: String?

    @Option(name: .long, help: "none, 16, 256 or truecolor; the default is what TERM can do.")
    var colors: ColorDepth?

    @Flag(name: .long, inversion: .prefixedNo, help: "Draw with ASCII alone.")
    var ascii: Bool?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Select and scroll with the mouse; O changes it while running.")
    var mouse: Bool?

    @Option(
        name: .long,
        help: "Write what is seen to this new file, a line a second; --play shows it again.")
    var record: String?

    func validate() throws {
        var isFolder: ObjCBool = false
        guard let themesDir else { return }
        let isThere = FileManager.default.fileExists(atPath: themesDir, isDirectory: &isFolder)
        guard !isThere || !isFolder.boolValue else { return }
        let shown = SafeText.quotable(themesDir, to: 200)
        throw ValidationError(
            "--themes-dir: \(shown) is \(isThere ? "not a folder" : "not there")")
    }

    var options: ConsoleOptions {
        var options = ConsoleOptions()
        options.theme = theme
        options.themesFolder = themesDir
        options.colors = colors
        options.isASCII = ascii
        options.isMouseOn = mouse
        options.recording = record
        return options
    }

    /// Looks at what can be wrong with it without a terminal.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2.
    func check() throws {
        do {
            try ConsoleSession.check(options)
        } catch let fault as ThemeError where !fault.isOfName {
            // It begins with the file, wherever that was found.
            throw CommandFailure.misuse(["\(fault)"])
        } catch {
            throw CommandFailure.misuse(["--theme: \(error)"])
        }
    }

    /// - Throws: ``CommandFailure`` with exit code 2 when there is no terminal to draw on.
    static func needTerminal(_ remedy: String) throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw CommandFailure.misuse(["the console needs a terminal; \(remedy)"])
        }
    }
}

extension ColorDepth: ExpressibleByArgument {}

extension ConsoleSession {
    /// Draws on a thread of its own until it ends.
    func runOnThread() async -> ConsoleEnd {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                ThreadName.set("console")
                continuation.resume(returning: self.run())
            }
            thread.start()
        }
    }
}
