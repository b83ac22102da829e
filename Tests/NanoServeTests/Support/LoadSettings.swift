import Foundation
import NanoServe

/// Settings from a YAML text, an environment and arguments, as the gateway loads them. The file is
/// called `nanogridata.yaml`, wherever it is.
func load(
    _ yaml: String? = nil, _ environment: [String: String] = [:],
    _ arguments: SettingsOverrides = SettingsOverrides()
) throws -> Settings {
    let folder = try TemporaryFolder()
    let path = folder.path + "/nanogridata.yaml"
    try (yaml ?? "").write(toFile: path, atomically: false, encoding: .utf8)
    do {
        return try Settings.load(
            arguments: arguments, environment: environment, configFile: path)
    } catch {
        throw SettingsError(
            lines: error.lines.map { $0.replacingOccurrences(of: folder.path + "/", with: "") })
    }
}

/// The problems that loading names.
func problems(
    _ yaml: String? = nil, _ environment: [String: String] = [:],
    _ arguments: SettingsOverrides = SettingsOverrides()
) throws -> [String] {
    do {
        _ = try load(yaml, environment, arguments)
        return []
    } catch let error as SettingsError {
        return error.lines
    }
}

/// A folder that is gone with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.path() + "/nanogridata-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
