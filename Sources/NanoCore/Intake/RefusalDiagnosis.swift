/// What a refusal probably comes from, in a sentence for the operator, as far as the frame and what was
/// accepted before it tell. What it takes secrets to find out is ``MACDiagnosis``.
public enum RefusalDiagnosis {
    /// Seconds that a clock in another time zone may be off beside.
    private static let zoneSlack: UInt64 = 120
    /// Time zones are this many seconds apart.
    private static let zoneStep: UInt64 = 1_800
    /// No device was made before 2020.
    private static let firstYear: UInt32 = 1_577_836_800

    /// Of a timestamp that is too far from the gateway's clock.
    ///
    /// - Returns: Nil for other refusals.
    public static func clock(_ record: PacketRecord) -> String? {
        guard let refusal = record.refusal, refusal.reason.stage == .time,
            case .integer(let offset) = refusal.observed
        else { return nil }
        let seconds = offset.magnitude
        let side = refusal.reason == .timestampFuture ? "ahead" : "behind"
        let found = "clock \(PlainWords.count(seconds)) s \(side)"
        let header = FrameBounds(readingAt: 0, in: record.bytes.span)?.header
        if let header, header.timestamp < firstYear {
            let time = Timestamp.short(unixSeconds: Int64(header.timestamp))
            return "\(found): it was never set, and says \(time)"
        }
        let rest = seconds % zoneStep
        if seconds >= zoneStep - zoneSlack, seconds < 15 * 3_600,
            min(rest, zoneStep - rest) <= zoneSlack
        {
            return "\(found): local time in place of UTC?"
        }
        return side == "ahead"
            ? found : "\(found), or the frame was kept as long before it was sent"
    }

    /// Of a frame that came again: when and from where it was accepted.
    ///
    /// - Parameter accepted: The same frame, as it was accepted; nil where it is not kept any more.
    /// - Returns: Nil for other refusals, and where nothing is known.
    public static func copy(_ record: PacketRecord, of accepted: PacketRecord?) -> String? {
        guard let refusal = record.refusal, refusal.reason == .replay, let accepted else {
            return nil
        }
        let milliseconds = max(0, record.unixMilliseconds - accepted.unixMilliseconds)
        let time = PlainWords.shortTime(seconds: Double(milliseconds) / 1_000)
        let source =
            switch refusal.detail {
            case .sameConnection: "on the same connection: sent twice"
            case .sameAddress: "from the same address: sent again on a new connection"
            default: "from another address, \(accepted.address)"
            }
        return "same frame accepted \(time) before \(source)"
    }
}
