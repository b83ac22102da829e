import Glibc
import NanoCore

extension SettingsReader {
    /// A name or an address to listen on, without the brackets that IPv6 addresses have in URLs.
    mutating func host(_ key: String, _ variable: String) -> String? {
        guard let finding = find(key, variable) else { return nil }
        places[key] = finding.place.description
        let host = Self.unbracketed(finding.text)
        guard host == Settings.allAddresses || Self.isName(host) || Self.isIPv6(host) else {
            refuse(
                finding, "is not a host",
                allowed: "a name, an IPv4 or IPv6 address, or * for all addresses; the port is a "
                    + "setting of its own")
            return nil
        }
        return host
    }

    /// Names or addresses without ports.
    mutating func hosts(_ key: String) -> [String] {
        list(key).compactMap { finding in
            let host = Self.unbracketed(finding.text)
            guard Self.isName(host) || Self.isIPv6(host) else {
                refuse(
                    finding, "is not a host",
                    allowed: "names, IPv4 or IPv6 addresses, without ports")
                return nil
            }
            return host
        }
    }

    private static func unbracketed(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    private static func isName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
            }
    }

    /// An IPv6 address, with or without a zone (RFC 4007 §11).
    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &address) == 1
    }
}

extension Settings {
    private struct Listener {
        var place: SettingsPlace
        var host: String
        var port: Int

        /// Whether the two cannot listen at the same time.
        func clashes(with other: Listener) -> Bool {
            guard port != 0, port == other.port else { return false }
            let hosts = [host, other.host].map { $0 == "localhost" ? "127.0.0.1" : $0 }
            return hosts[0] == hosts[1]
                || !hosts.allSatisfy { ![Settings.allAddresses, "0.0.0.0", "::"].contains($0) }
        }
    }

    /// Names every two listeners that want the same port of one address.
    func reportPortClashes(_ reader: inout SettingsReader) {
        var listeners: [Listener] = []
        func add(_ key: String, _ variable: String?, _ host: String, _ port: Int) {
            // What stands for a port that could not be read is nobody's wish.
            guard !reader.refusedPorts.contains(key) else { return }
            listeners.append(
                Listener(place: reader.origin(of: key, variable), host: host, port: port))
        }
        add("devices.port", "NANOGRIDATA_PORT", ingress.host, ingress.port)
        add("monitor.port", "METRICS_PORT", monitor.host, monitor.port)
        if let port = ingress.tls?.port {
            add("devices.tls.port", "NANOGRIDATA_TLS_PORT", ingress.host, port)
        }
        if embedded.isEnabled {
            add("embedded.alba_port", nil, "127.0.0.1", embedded.albaPort)
            add("embedded.cycle_port", nil, "127.0.0.1", embedded.cyclePort)
        }
        for (index, first) in listeners.enumerated() {
            for second in listeners.dropFirst(index + 1) where first.clashes(with: second) {
                reader.report(
                    "\(first.place) and \(second.place): both ports are \(first.port); use two "
                        + "different ones")
            }
        }
    }
}
