import ArgumentParser
import Foundation
import NanoServe

/// Which state folder a command looks into.
struct StateFolderOption: ParsableArguments {
    @Option(help: "The state folder. Default: that of NANOGRIDATA_STATE_DIR, else this user's.")
    var stateDir: String?

    /// What ``stateDir`` was called once; scripts may still say so.
    @Option(help: .hidden)
    var state: String?

    var path: String {
        let environment = ProcessInfo.processInfo.environment
        let variable = environment["NANOGRIDATA_STATE_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        return stateDir ?? state ?? variable ?? Settings.State.defaultFolder(environment)
    }
}
