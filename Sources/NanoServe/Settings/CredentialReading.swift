import Foundation
import NanoCore

extension SettingsReader {
    /// The largest file with a credential, in bytes.
    private static let maximumCredentialBytes = 8_192

    /// A credential: from an environment variable of its own, from the key itself, from the file
    /// that `<key>_file` names, or from the variable that `<key>_env` names.
    ///
    /// Its text is never repeated. The place is that of the key which the credential comes from.
    mutating func credential(_ key: String, _ variable: String? = nil) -> Finding? {
        let direct = find(key, variable)
        let file = path(key + "_file")
        let named = text(key + "_env", limit: 256)
        if let direct, direct.place.description.hasPrefix("environment") { return direct }
        for key in [key, key + "_file", key + "_env"] {
            if let place = find(key)?.place { charge(place, "names a secret") }
        }
        let given = [direct?.text, file, named].compactMap(\.self)
        guard given.count <= 1 else {
            let name = key.split(separator: ".").last ?? ""
            let place =
                find(file == nil ? key + "_env" : key + "_file")?.place ?? SettingsPlace(key)
            report(
                "\(place): \(name) comes from two places; keep one of \(name), \(name)_file and "
                    + "\(name)_env")
            return nil
        }
        if let file { return credential(inFile: file, key + "_file") }
        if let named { return credential(inVariable: named, key + "_env") }
        return direct
    }

    private mutating func credential(inFile path: String, _ key: String) -> Finding? {
        let place = find(key)?.place ?? SettingsPlace(key)
        let bytes: [UInt8]?
        do throws(KeystoreError) {
            bytes = try PrivateFile.read(
                path, of: .userOrRoot, atMost: Self.maximumCredentialBytes)
        } catch {
            report("\(place): \(error)")
            return nil
        }
        guard let bytes else {
            report("\(place): \(SafeText.quotable(path, to: 4_096)): the file is not there")
            return nil
        }
        guard trust(file: path, at: place) else { return nil }
        guard let content = String(validating: bytes, as: UTF8.self) else {
            report("\(place): the file is no text")
            return nil
        }
        let text = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            report("\(place): the file is empty; write the credential into it")
            return nil
        }
        return Finding(text: text, place: place)
    }

    private mutating func credential(inVariable variable: String, _ key: String) -> Finding? {
        let place = find(key)?.place ?? SettingsPlace(key)
        guard let text = environment[variable], !text.isEmpty else {
            report(
                "\(place): the environment has no \(SafeText.quotable(variable, to: 60)); set it")
            return nil
        }
        return Finding(text: text, place: place)
    }
}
