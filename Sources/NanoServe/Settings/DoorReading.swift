import NanoCore

extension DoorRules {
    mutating func read(_ reader: inout SettingsReader) {
        allow = reader.networks("devices.allow").map { NetworkList($0) }
        if case .list(0) = reader.file?.entries["devices.allow"]?.shape {
            reader.report(
                "\(reader.place(of: "devices.allow")) is empty, so nobody could connect; name "
                    + "networks, or take it out")
        }
        deny = NetworkList(reader.networks("devices.deny") ?? [])
        if let words = shutOut {
            reader.warnings.append("\(reader.place(of: "devices.deny")) \(words)")
        }
        proxies = NetworkList(reader.networks("devices.proxy_protocol.trusted") ?? [])
        rate = reader.rate("devices", "connections_per_second", burst: "connections_burst")
        offenders.read(&reader)
        ratePerAddress = reader.rate(
            "devices", "connections_per_second_per_source", burst: "connections_burst_per_source")
    }

    /// Whom the denied leave out who is probably not meant, in words that follow the key; nil for nobody.
    private var shutOut: String? {
        let nobody = "so that no device can connect"
        if let allow {
            let isAll = !allow.isEmpty && allow.all.allSatisfy(deny.covers)
            return isAll ? "has all that devices.allow names, \(nobody)" : nil
        }
        let families = ["0.0.0.0/0", "::/0"].compactMap { try? IPNetwork($0) }.filter(deny.covers)
        guard let only = families.first?.wholeFamily else { return nil }
        return families.count > 1
            ? "has every address, \(nobody)"
            : "has every address of \(only), so that no device can connect over it"
    }

    /// What is in effect, in a line.
    var summary: String {
        var parts = [allow.map { "\(Self.count($0)) allowed" } ?? "everybody"]
        if !deny.isEmpty { parts.append("\(Self.count(deny)) denied") }
        if !proxies.isEmpty { parts.append("PROXY headers from \(Self.count(proxies))") }
        if let rate { parts.append(Self.words(rate)) }
        if let ratePerAddress { parts.append(Self.words(ratePerAddress) + " of an address") }
        return parts.joined(separator: "; ")
    }

    private static func count(_ networks: NetworkList) -> String {
        PlainWords.count(UInt64(networks.count), "network")
    }

    private static func words(_ rate: Rate) -> String {
        "\(rate.framesPerSecond) connections/s, burst \(rate.burstFrames)"
    }
}

extension SettingsReader {
    /// The networks of a list, each an address or one with a prefix; nil where there is no list.
    fileprivate mutating func networks(_ key: String) -> [IPNetwork]? {
        let findings = list(key)
        switch file?.entries[key]?.shape {
        case .scalar, .list: return findings.compactMap { network($0) }
        case .empty, .section, nil: return nil
        }
    }

    /// Where a key of the file stands, and the key.
    fileprivate func place(of key: String) -> SettingsPlace {
        (file?.place(of: key) ?? "configuration").naming(key)
    }

    private mutating func network(_ finding: Finding) -> IPNetwork? {
        do {
            return try IPNetwork(finding.text)
        } catch {
            switch error {
            case .malformed:
                refuse(
                    finding, "is not a network",
                    allowed: "an address of IPv4 or IPv6, or one with a prefix: 10.0.0.0/8, "
                        + "2001:db8::/32")
            case .hostBits(let meant):
                refuse(finding, "has bits behind its prefix", allowed: "\(meant)")
            }
            return nil
        }
    }
}
