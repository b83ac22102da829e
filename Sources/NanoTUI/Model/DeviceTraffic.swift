import NanoCore

/// What a device sends, for the question whether to block it.
extension ConsoleModel {
    /// With the beginning of the sentence that says what becomes of it.
    func wordsOfTraffic(of device: DeviceSnapshot) -> String {
        let refused = wordsOfRefusals(of: device)
        if device.isRefused == true {
            let now = refused ?? "its frames are refused"
            return "Nothing of it is accepted any more: \(now). What it sends is refused "
        }
        let rate = Numbers.rate(device.packetsPerSecond)
        guard let refused else { return "It sends \(rate) packets a second. They are refused " }
        return "It sends \(rate) packets a second that are accepted, and \(refused). "
            + "What it sends is refused "
    }

    /// Of frames with its name: how many a second, and why the newest was, as lists show it. Where no list has
    /// come that tells, how many its MAC proves; nil where there are none.
    private func wordsOfRefusals(of device: DeviceSnapshot) -> String? {
        let all = DeviceRecords(of: DeviceName(device), in: live).all.filter { $0.refusal != nil }
        if let reason = all.last?.refusal?.reason {
            let rate = RefusalGroup.groups(
                of: all, kept: live.rejections, by: .reason, now: live.gateway.unixMilliseconds
            ).reduce(0) { $0 + $1.perSecond }
            let frames =
                rate < 0.05
                ? "frames with its name were refused"
                : "\(Numbers.rate(rate)) frames a second with its name are refused"
            return "\(frames), the newest as \(reason.name)"
        }
        guard device.refused > 0 else { return nil }
        let frames = Numbers.counted(device.refused, "frame")
        return "\(frames) of it \(device.refused == 1 ? "was" : "were") refused so far"
    }
}
