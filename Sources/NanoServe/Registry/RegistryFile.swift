package import NanoCore

/// The registry of devices in a state folder, for a command line: beside a gateway, which takes over
/// what is changed here within a second, or without one.
package struct RegistryFile: Sendable {
    private let file: SharedFile<RegistryContent>

    package init(stateFolder: String) {
        file = SharedFile(folder: stateFolder)
    }

    /// What was decided about devices.
    ///
    /// - Throws: ``KeystoreError`` when there is a file that cannot be read, or is wrong.
    package func read() throws(KeystoreError) -> [DeviceName: DeviceStanding] {
        try file.load()?.standings ?? [:]
    }

    /// - Throws: ``KeystoreError`` when the state folder is somebody else's.
    package func checkOwner() throws(KeystoreError) {
        try KeystoreEditor.checkOwner(of: file.folder)
    }

    /// Takes a step.
    ///
    /// - Returns: What was done, in a sentence.
    package func perform(_ step: RegistryStep) throws(KeystoreError) -> String {
        try file.update(or: RegistryContent()) { (content) throws(KeystoreError) in
            try content.take(step)
        }.change.sentence
    }
}

/// `registry.json`: what operators have decided about devices.
struct RegistryContent: SharedContent {
    struct Device: Codable, Equatable {
        var model: String
        /// Empty for those of the model that send no id.
        var device: String
        /// That of a ``DeviceStanding``.
        var standing: String
        /// That of an ``EarlierStanding``, of a blocked device; missing where the release that blocked it
        /// did not note it.
        var before: String?
    }

    static let fileName = "registry.json"
    static let readVersion = 1
    /// Devices that a registry has, at most.
    private static let maximumDevices = 100_000

    var version = RegistryContent.readVersion
    private var devices: [Device] = []

    init() {}

    var standings: [DeviceName: DeviceStanding] { decisions.mapValues(\.standing) }

    private var decisions: [DeviceName: DeviceDecision] {
        Dictionary(
            devices.compactMap { device in
                guard let model = ModelID(device.model),
                    let standing = DeviceStanding(rawValue: device.standing)
                else { return nil }
                let before = device.before.flatMap { EarlierStanding(rawValue: $0) }
                return (
                    DeviceName(model, device.device), DeviceDecision(standing, before: before)
                )
            }, uniquingKeysWith: { $1 })
    }

    var fault: String? {
        guard devices.count <= Self.maximumDevices else {
            return "devices are \(devices.count); at most \(Self.maximumDevices) are allowed"
        }
        var seen: [DeviceName: Int] = [:]
        for (index, device) in devices.enumerated() {
            let place = "devices[\(index)]"
            guard let model = ModelID(device.model) else {
                return "\(place).model is \(SafeText.shortened(device.model, to: 20)); use two "
                    + "hexadecimal digits: 0x10"
            }
            guard device.device.unicodeScalars.count <= DeviceName.maximumScalars else {
                return "\(place).device is longer than \(DeviceName.maximumScalars) characters"
            }
            let standings: [(key: String, value: String?, allowed: [String])] = [
                ("standing", device.standing, DeviceStanding.allCases.map(\.rawValue)),
                ("before", device.before, EarlierStanding.allCases.map(\.rawValue)),
            ]
            for (key, value, allowed) in standings {
                guard let value, !allowed.contains(value) else { continue }
                return "\(place).\(key) of \(DeviceName(model, device.device).words) is "
                    + "\(SafeText.shortened(value, to: 20)); use "
                    + allowed.joined(separator: ", ")
            }
            if let first = seen.updateValue(index, forKey: DeviceName(model, device.device)) {
                return "\(place) and devices[\(first)] are the same device"
            }
        }
        return nil
    }

    /// Takes an operator's step.
    mutating func take(_ step: RegistryStep) throws(KeystoreError) -> String {
        var decisions = decisions
        let sentence: String
        do throws(RegistryFault) {
            sentence = try step.apply(to: &decisions)
        } catch {
            throw KeystoreError(error.words)
        }
        guard decisions != self.decisions else { return sentence }
        devices = decisions.sorted { $0.key < $1.key }.map { name, decision in
            Device(
                model: name.model.description, device: name.id,
                standing: decision.standing.rawValue, before: decision.before?.rawValue)
        }
        return sentence
    }
}
