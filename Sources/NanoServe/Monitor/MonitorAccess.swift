import Hummingbird
import NanoCore

/// Who may see what of the monitor.
struct MonitorAccess: Sendable {
    /// What a request has to show; nil for nothing.
    private let token: Secret?
    /// Whether what devices send may be shown.
    let showsPayloads: Bool

    /// What a request may be for; nil for anything.
    private let hosts: Set<String>?

    init(_ settings: Settings.Monitor) {
        hosts =
            settings.checksHosts
            ? Set((settings.hosts + [settings.host]).map(Self.plain)) : nil
        token = settings.token
        showsPayloads = settings.showsPayloads
    }

    /// The answer to a request that may not see its page; nil for one that may.
    func refusal(of request: Request) -> Response? {
        guard isKnown(request) else {
            return .failure(
                .unauthorized,
                "this page wants the token of monitor.token; send it as "
                    + "Authorization: Bearer TOKEN", headers: [.wwwAuthenticate: "Bearer"])
        }
        guard showsPayloads || request.uri.path != "/events" else {
            return .failure(
                .forbidden,
                "events show what devices send, which is kept on this machine; set "
                    + "monitor.payloads to allow")
        }
        return nil
    }

    /// The answer to a request that is for somebody else; nil for one that is for this server.
    ///
    /// A page of the web may have its own name lead to this machine, so that a browser here takes what
    /// is answered for the page's own. Such requests are for that name (RFC 9110 §7.2, §15.5.20).
    func misdirection(of request: Request) -> Response? {
        guard let hosts, let authority = request.head.authority, !authority.isEmpty else {
            return nil
        }
        let host = Self.plain(Self.host(of: authority))
        guard !hosts.contains(host), !Self.isThisMachine(host) else { return nil }
        return .failure(
            .misdirectedRequest,
            "monitoring answers for localhost and its addresses alone; name other hosts in "
                + "monitor.hosts")
    }

    /// A host without a port and the brackets of an IPv6 address.
    private static func host(of authority: String) -> Substring {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[..<end].dropFirst()
        }
        return authority.prefix { $0 != ":" }
    }

    /// One spelling for each host.
    private static func plain(_ host: some StringProtocol) -> String {
        let name = host.lowercased()
        if let address = IPAddress(name) { return address.description }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    private static func isThisMachine(_ host: String) -> Bool {
        Settings.isLoopback(host)
    }

    /// What may be shown of a snapshot.
    func shown(_ snapshot: Snapshot) -> Snapshot {
        showsPayloads ? snapshot : snapshot.withoutMeasurements
    }

    /// Whether a request has the token (RFC 6750 §2.1). Comparing takes the same time wherever the
    /// texts differ.
    private func isKnown(_ request: Request) -> Bool {
        guard let token else { return true }
        let words = request.headers[.authorization]?.split(separator: " ") ?? []
        guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
        return Secret(Array(words[1].utf8)) == token
    }
}

extension Snapshot {
    /// Without what devices have measured: that devices measure what they usually do not stays.
    fileprivate var withoutMeasurements: Snapshot {
        var snapshot = self
        for index in anomalies.indices where anomalies[index].kind == .value {
            snapshot.anomalies[index].examples = []
        }
        for index in alarms.indices { snapshot.alarms[index].keepMeasurementsBack() }
        for index in endedAlarms.indices { snapshot.endedAlarms[index].keepMeasurementsBack() }
        return snapshot
    }
}

extension AlarmSnapshot {
    fileprivate mutating func keepMeasurementsBack() {
        guard id == AnomalyKind.value.alarmID else { return }
        text = "what devices send is kept on this machine; see it in the console"
        (model, device) = (nil, nil)
    }
}
