import ArgumentParser
import Foundation
import NanoServe

/// Which state folder a command looks into.
struct StateFolderOption: ParsableArguments {
    @Option(help: "The state folder. Default: that of NANOGRIDATA_STATE_DIR, else this user's.")
    var state: String?

    var path: String {
        let environment = ProcessInfo.processInfo.environment
        return state ?? environment["NANOGRIDATA_STATE_DIR"]
            ?? Settings.State.defaultFolder(environment)
    }
}
