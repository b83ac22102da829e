import ArgumentParser
import Foundation
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

    /// - Throws: ``CommandFailure`` with exit code 1 when there is no such folder: no gateway has run
    ///   there, and an empty answer would look like one.
    func expectFolder() throws {
        let path = try path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            throw CommandFailure.failed(
                "\(SafeText.quotable(path, to: 4_096)): there is no such state folder; --state-dir "
                    + "names another")
        }
    }

    /// The folder that a gateway with the same options, environment and file would use.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that would say so cannot be read.
    var path: String {
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
}
