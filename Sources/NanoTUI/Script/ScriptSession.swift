import Foundation
import Glibc
public import NanoCore

/// A script on a gateway without a screen.
public final class ScriptSession: @unchecked Sendable {
    private let port: any GatewayPort
    private let results = ResultPipe()
    private var model: ConsoleModel
    private var script: ScriptRun
    private let say: @Sendable (String) -> Void
    private let write: ConsoleOptions.Write?
    private static let millisecondsBetweenLooks: Int32 = 250

    /// - Parameters:
    ///   - text: The script.
    ///   - file: For messages.
    ///   - say: Called with what was said about every command.
    public init(
        port: any GatewayPort, options: ConsoleOptions, text: String, file: String,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.port = port
        self.say = say
        write = options.write
        script = ScriptRun(text, file: file)
        model = ConsoleModel(themeName: Theme.builtIn.name, attachment: options.attachment)
        model.themeNames =
            ThemeCatalog(
                folder: options.themesFolder, environment: ProcessInfo.processInfo.environment,
                executable: Bundle.main.executablePath ?? CommandLine.arguments[0]
            ).names
    }

    /// Runs all of it, on a thread that calls this once.
    public func run() -> ConsoleEnd {
        while !results.isClosed {
            model.receive(port.snapshot(model.parts))
            let effects = script.advance(&model, now: ConsoleSession.milliseconds())
            for sentence in script.takeSentences() { say(sentence) }
            switch script.end {
            case .failed(let words): return .failed(words)
            case .done: return .quit
            case nil: break
            }
            for effect in effects {
                if effect == .quit { return .quit }
                perform(effect)
            }
            waitForResults()
        }
        return .failed(script.interruption)
    }

    /// Ends ``run()`` from any thread, because the gateway has ended or is to end.
    public func close() {
        results.close()
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .perform(let command):
            let results = results
            port.perform(command) { results.put(command, $0) }
        case .save(let file): script.finish(saving: file.write(by: write))
        default: break
        }
    }

    private func waitForResults() {
        var descriptor = pollfd(fd: results.readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Self.millisecondsBetweenLooks) > 0 else { return }
        for (command, result) in results.take() {
            model.finish(command, result)
            script.finish(command, result)
        }
    }
}
