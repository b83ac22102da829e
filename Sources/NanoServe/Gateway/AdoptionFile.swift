import Foundation
package import NanoCore

/// Which generation of its model's secret each device has used last, and from where, written down: for a
/// command line, and for the gateway's next run.
package struct AdoptionFile: Sendable {
    private let path: String

    static let fileName = "adoption.json"
    private static let version = 1

    /// Devices that are written down, at most: those that were heard last. With the longest ids that
    /// payloads can have, and those escaped, they take less than ``maximumBytes``.
    private static let maximumDevices = 20_000
    private static let maximumBytes = 64 << 20

    /// What the file tells.
    package struct Knowledge {
        package var devices: [DeviceSnapshot]
        /// Hours for which the gateway accepts a former secret.
        package var graceHours: Int
        /// Seconds for which secrets may be current, of the models that have such a limit.
        package var rotateAfterSeconds: [ModelID: Int64]
        /// Whether the gateway hears known devices alone; nil of one that has not written that down.
        package var isRegistryClosed: Bool?
    }

    private struct Content: Codable {
        struct Device: Codable {
            var model: String
            var device: String
            var generation: Int
            var lastSeenUnixMs: Int64
            /// Whether the device has no id, and this is its address.
            var isUnnamed: Bool?
            /// Where it sent from last; files of earlier releases do not tell.
            var address: String?
        }

        var version: Int
        var graceHours: Int
        /// By model; files of earlier releases have none.
        var rotateAfterS: [String: Int64]?
        /// Files of earlier releases have none.
        var registryClosed: Bool?
        var devices: [Device]
    }

    package init(stateFolder: String) {
        path = "\(stateFolder)/\(Self.fileName)"
    }

    /// The devices in the file, with what it knows of them; nil when there is none.
    ///
    /// - Throws: ``KeystoreError`` when it is not private, or not such a file.
    package func read() throws(KeystoreError) -> Knowledge? {
        guard let bytes = try PrivateFile.read(path, atMost: Self.maximumBytes) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let content = try? decoder.decode(Content.self, from: Data(bytes)),
            content.version == Self.version
        else {
            throw KeystoreError(
                "\(path): not a list of devices that this release reads; remove it")
        }
        let devices = content.devices.compactMap { device -> DeviceSnapshot? in
            guard let model = ModelID(device.model) else { return nil }
            var row = DeviceSnapshot(model: model, id: device.device)
            row.generation = device.generation
            row.lastSeenUnixMilliseconds = device.lastSeenUnixMs
            row.isNamed = device.isUnnamed != true
            row.address = device.address ?? ""
            return row
        }
        let limits = (content.rotateAfterS ?? [:]).compactMap { name, seconds in
            ModelID(name).map { ($0, seconds) }
        }
        return Knowledge(
            devices: devices, graceHours: content.graceHours,
            rotateAfterSeconds: Dictionary(limits) { first, _ in first },
            isRegistryClosed: content.registryClosed)
    }

    /// Writes down those that were active within a day.
    ///
    /// - Throws: ``KeystoreError``; the file is then as it was.
    func write(_ knowledge: Knowledge, now: Moment) throws(KeystoreError) {
        var active = knowledge.devices.filter { $0.isActive(at: now.unixMilliseconds) }
        if active.count > Self.maximumDevices {
            active.sort { $0.lastSeenUnixMilliseconds > $1.lastSeenUnixMilliseconds }
        }
        let content = Content(
            version: Self.version, graceHours: knowledge.graceHours,
            rotateAfterS: Dictionary(
                uniqueKeysWithValues: knowledge.rotateAfterSeconds.map { ($0.description, $1) }),
            registryClosed: knowledge.isRegistryClosed,
            devices: active.prefix(Self.maximumDevices).map { row in
                Content.Device(
                    model: row.model.description, device: row.id, generation: row.generation,
                    lastSeenUnixMs: row.lastSeenUnixMilliseconds,
                    isUnnamed: row.isNamed ? nil : true,
                    address: row.address.isEmpty ? nil : row.address)
            })
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(content) else {
            throw KeystoreError("\(path): cannot be encoded")
        }
        try PrivateFile.write(Array(data), to: path)
    }
}
