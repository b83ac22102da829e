extension Settings.Monitor {
    /// The shortest token that is taken, in characters: whoever reaches the port can try.
    private static let shortestToken = 16

    mutating func read(_ reader: inout SettingsReader) {
        host = reader.host("monitor.host", "NANOGRIDATA_HOST") ?? host
        port = reader.port("monitor.port", "METRICS_PORT", allowsAny: true) ?? port
        maxListeners = reader.integer("monitor.max_listeners", in: 0...10_000) ?? maxListeners
        hosts = reader.hosts("monitor.hosts")
        payloads =
            reader.choice("monitor.payloads", of: ["allow", "deny"]) { $0 == "allow" } ?? payloads
        tls = reader.tlsFiles("monitor.tls")
        guard let finding = reader.credential("monitor.token", "NANOGRIDATA_MONITOR_TOKEN") else {
            return
        }
        guard HTTPAccess.isToken(finding.text) else {
            return reader.report("\(finding.place): \(HTTPAccess.tokenRule)")
        }
        guard finding.text.utf8.count >= Self.shortestToken else {
            return reader.report(
                "\(finding.place): the token can be guessed; use at least \(Self.shortestToken) "
                    + "characters, as of openssl rand -hex 32")
        }
        token = Secret(Array(finding.text.utf8))
    }

    /// What is in effect, in a line, without the token.
    var summary: String {
        "\(host) port \(port)\(tls == nil ? "" : " over TLS"), "
            + "\(token == nil ? "no token" : "with a token"), "
            + "\(showsPayloads ? "payloads" : "no payloads") on /events"
            + (hosts.isEmpty ? "" : ", also as \(hosts.joined(separator: ", "))")
    }
}
