/// Alarms for devices that are other than usual: one for each way of it, whatever number of devices is
/// in it.
enum AnomalyAlarms {
    private static let holdNanoseconds: UInt64 = 30_000_000_000

    static func findings(_ snapshot: Snapshot) -> [AlarmFinding] {
        snapshot.anomalies.compactMap { anomaly in
            guard let first = anomaly.examples.first else { return nil }
            var text = "\(name(first)): \(first.evidence)"
            if anomaly.devices > 1 {
                // How many comes first: a short row is cut at its end.
                let model = anomaly.model.map { " of \(snapshot.title(of: $0))" } ?? ""
                func name(_ example: AnomalySnapshot.Example) -> String {
                    anomaly.model == nil
                        ? Self.name(example) : SafeText.shortened(example.device, to: 24)
                }
                text =
                    "\(PlainWords.count(UInt64(anomaly.devices), "device"))\(model), "
                    + "\(name(first)) among them: \(first.evidence)"
                let others = anomaly.examples.dropFirst().map(name)
                let isMore = anomaly.devices > anomaly.examples.count
                if !others.isEmpty {
                    text += "; likewise " + PlainWords.list(others + (isMore ? ["others"] : []))
                }
            }
            var finding = AlarmFinding(
                id: anomaly.kind.alarmID, severity: .warning,
                title: title(anomaly.kind), text: "\(text); \(action(anomaly.kind))",
                holdNanoseconds: holdNanoseconds)
            if anomaly.devices == 1 {
                finding.model = first.model
                finding.device = first.device
            }
            return finding
        }
    }

    private static func name(_ example: AnomalySnapshot.Example) -> String {
        "\(example.model) \(SafeText.shortened(example.device, to: 24))"
    }

    private static func title(_ kind: AnomalyKind) -> String {
        switch kind {
        case .silence: "devices silent"
        case .surge: "devices send too much"
        case .clockDrift: "devices' clocks drift"
        case .clockJump: "devices' clocks jumped"
        case .value: "unusual measurements"
        case .refused: "devices refused"
        }
    }

    private static func action(_ kind: AnomalyKind) -> String {
        switch kind {
        case .silence: "check power and network"
        case .surge: "find out why, or set limits.device"
        case .clockDrift: "have their clocks set"
        case .clockJump: "check their time source"
        case .value: "look at the device's packets"
        case .refused: "mend that, or see in Rejections who uses its name"
        }
    }
}
