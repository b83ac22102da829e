import NanoCore

extension RegistryRules {
    mutating func read(_ reader: inout SettingsReader) {
        isClosed =
            reader.choice("devices.registry", of: ["open", "closed"]) { $0 == "closed" }
            ?? isClosed
        unknown =
            reader.choice(
                "devices.unknown", of: Unknown.allCases.map(\.rawValue), Unknown.init(rawValue:))
            ?? unknown
        known = reader.list("devices.known").compactMap { finding in
            // A number alone is rather a mistake than a model's id without its 0x.
            let text = finding.text
            guard Int(text) == nil, let name = DeviceName(Self.withoutQuotes(text)) else {
                reader.refuse(
                    finding, "is not a device",
                    allowed: "a model and an id: 0x10 ESP32-001")
                return nil
            }
            if name.id.isEmpty, !text.hasSuffix("\"") {
                reader.warnings.append(
                    "\(finding.place): \(name.model) alone stands for devices of the model that send no "
                        + "id, and for no other; write '\(name.model) ID' for one with an id, or "
                        + "'\(name.model) \"\"' if it is meant")
            }
            return name
        }
    }

    /// `0x10 ""` says that the devices without an id are meant.
    private static func withoutQuotes(_ text: String) -> String {
        text.hasSuffix(" \"\"") ? String(text.dropLast(3)) : text
    }
}

extension DeviceName {
    /// Reads `0x10 ESP32-001`; `0x10` alone are the devices of a model that send no id.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let model = ModelID(String(first)) else { return nil }
        let id = parts.count > 1 ? String(parts[1]) : ""
        guard id.unicodeScalars.count <= Self.maximumScalars else { return nil }
        self.init(model, id)
    }
}

extension RegistryRules {
    /// What is in effect, in a line.
    var summary: String {
        guard isClosed else { return "open: all devices are heard but those that were blocked" }
        let listed = unknown == .quarantine ? ", and listed for approval" : ""
        return "closed: unknown devices are refused\(listed)"
    }
}

extension Settings {
    /// What the registry has, in a line; nil when it is of no effect. And a line of warning where it
    /// cannot be read, or all devices would be refused.
    package func registryReport() -> (devices: String?, warning: String?) {
        var standings: [DeviceName: DeviceStanding]
        do {
            standings = try RegistryFile(stateFolder: state.folder).read()
        } catch {
            return (nil, "the registry cannot be read: \(error)")
        }
        for name in ingress.registry.known where standings[name] == nil { standings[name] = .known }
        let isClosed = ingress.registry.isClosed
        guard isClosed || !standings.isEmpty else { return (nil, nil) }
        let counts = DeviceStanding.allCases.map { standing in
            let count = UInt64(standings.values.count { $0 == standing })
            return "\(PlainWords.count(count)) \(standing.rawValue)"
        }
        let isDeserted = isClosed && !standings.values.contains(.known)
        return (
            "the registry has \(counts.joined(separator: ", "))",
            isDeserted
                ? "the registry is closed and knows no device, so that all would be refused; run "
                    + "nanogridata devices adopt, or approve some" : nil
        )
    }
}
