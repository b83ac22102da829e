import Hummingbird
import NanoCore

/// Who may see what of the monitor.
struct MonitorAccess: Sendable {
    /// What a request has to show; nil for nothing.
    private let token: Secret?
    /// Whether what devices send may be shown.
    let showsPayloads: Bool

    init(_ settings: Settings.Monitor) {
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
