import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe

/// Which state folder a command looks into.
struct StateFolderOption: ParsableArguments {
    @Option(
        help: """
            The state folder. Default: that of NANOGRIDATA_STATE_DIR, of state.folder in the \
            configuration file, or this user's.
            """)
    var stateDir: String?

    @Option(help: "YAML file with the gateway's settings; the one that serve reads by default.")
    var config: String?

    /// What ``stateDir`` was called once; scripts may still say so.
    @Option(help: .hidden)
    var state: String?

    /// The folder that a gateway with the same options, environment and file would use, which has to
    /// be there: a mistyped one would be made, or an empty answer look like one.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2, also when the file that would say so cannot be
    ///   read.
    var path: String {
        get throws {
            let path = try wantedPath
            try Self.expect(path)
            return path
        }
    }

    /// The same, whether it is there or not: for what makes one, and for what needs none.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that would say so cannot be read.
    var wantedPath: String {
        get throws {
            if let given = stateDir ?? state { return given }
            do {
                return try Settings.State.folder(
                    environment: ProcessInfo.processInfo.environment, configFile: config)
            } catch {
                throw CommandFailure.misuse(error.lines)
            }
        }
    }

    /// - Throws: ``CommandFailure`` with exit code 2 when there is no such folder.
    static func expect(_ path: String) throws {
        var status = Glibc.stat()
        let isMissing = stat(path, &status) != 0 && [ENOENT, ENOTDIR].contains(errno)
        // What else keeps it from being used is told by whoever opens its files.
        guard isMissing || status.st_mode & S_IFMT == S_IFREG else { return }
        let shown = SafeText.quotable(path, to: 4_096)
        throw CommandFailure.misuse([
            isMissing
                ? "\(shown): there is no such state folder; --state-dir names another, and "
                    + "`nanogridata serve`, `nanogridata secrets init` or `mkdir -m 700` makes one"
                : "\(shown): is a file, and no state folder; --state-dir names another"
        ])
    }
}
