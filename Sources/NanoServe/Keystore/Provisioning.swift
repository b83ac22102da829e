public import NanoCore

extension Keystore {
    /// Writes what a device's firmware has to hold to a file for the operator. A model without a secret
    /// gets one.
    ///
    /// - Returns: What was done, in a sentence without a secret.
    /// - Throws: ``KeystoreError``.
    public func provision(
        _ id: ModelID, device: String?, host: String, port: Int, tls: Settings.DeviceTLS?,
        now: Moment
    ) throws(KeystoreError) -> String {
        let model = intake.model(id)
        try Provisioning.check(device, model)
        var begun = ""
        if currentSecret(of: id) == nil {
            begun = try perform(.begin(.random(), .keystore), on: id, now: now) + "; "
        }
        let secrets = state.withLock { $0.secrets[id] }
        guard let chosen = secrets?.forNewDevices else {
            throw KeystoreError("\(id) has no secret")
        }
        let snippet = FirmwareSnippet(
            model: model, device: device, generation: chosen.number, secret: chosen.secret,
            host: host, port: port, tls: tls)
        let file = "\(vault.folder)/secrets/\(Provisioning.fileName(id, device))"
        let doubt = try PrivateFile.write(Array(snippet.text.utf8), to: file)
        let whose = device.map { "device \(SafeText.shortened($0, to: 64))" } ?? "any device"
        return
            "\(begun)\(id): what \(whose) needs is in \(file), of generation \(chosen.number); remove "
            + "the file when the firmware has it" + (doubt.map { "; but \($0)" } ?? "")
    }
}

/// What holds for setting a device up.
package enum Provisioning {
    /// - Throws: ``KeystoreError`` when a device has to be named and is not, or cannot have this name.
    package static func check(
        _ device: String?, _ model: Settings.Intake.Model
    ) throws(KeystoreError) {
        guard let device else {
            guard model.keying == .model else {
                throw KeystoreError(
                    "devices of \(model.id) have keys of their own (keying: device); name the device"
                )
            }
            return
        }
        if let fault = DeviceName.fault(ofNew: device) { throw KeystoreError(fault) }
    }

    /// Names of devices may hold what names of files may not.
    static func fileName(_ model: ModelID, _ device: String?) -> String {
        guard let device else { return "\(model).h" }
        let isPlain = device.utf8.allSatisfy { byte in
            let letter = Character(Unicode.Scalar(byte))
            return letter.isASCII && (letter.isLetter || letter.isNumber || "-_.".contains(letter))
        }
        guard isPlain, device.utf8.count <= 64 else {
            let digest = SHA256Digest.of(Array(device.utf8)).prefix(8)
            return "\(model)-device-\(Hexadecimal.text(digest)).h"
        }
        return "\(model)-\(device).h"
    }
}

extension ModelSecrets {
    /// What new devices get: the secret that is to be the current one soon, if there is one.
    var forNewDevices: SecretGeneration? { staged ?? current }
}
