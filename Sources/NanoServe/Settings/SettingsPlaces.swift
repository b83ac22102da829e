import Foundation
import NanoCore

/// Where files are unless somebody says otherwise (XDG Base Directory Specification 0.8).
package enum SettingsPlaces {
    /// The configuration file that the environment names, or the first usual one that exists.
    package static func configFile(_ environment: [String: String]) -> String? {
        if let path = environment["NANOGRIDATA_CONFIG"], !path.isEmpty { return path }
        let user = folder("XDG_CONFIG_HOME", orHome: ".config", environment)
        return [user, "/etc"].map { $0 + "/nanogridata/nanogridata.yaml" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    static func stateFolder(_ environment: [String: String]) -> String {
        folder("XDG_STATE_HOME", orHome: ".local/state", environment) + "/nanogridata"
    }

    package static var hostName: String {
        let name = SafeText.shortened(ProcessInfo.processInfo.hostName, to: 64)
        return name.isEmpty ? "nanogridata" : name
    }

    /// A base folder; relative paths in the variable are ignored, as the specification wants.
    private static func folder(
        _ variable: String, orHome place: String, _ environment: [String: String]
    ) -> String {
        if let folder = environment[variable], folder.hasPrefix("/") { return folder }
        let home = environment["HOME"] ?? ""
        let known = home.hasPrefix("/") ? home : NSHomeDirectory()
        return known + "/" + place
    }
}
