import NanoCore

/// The lines of an open frame.
///
/// What is refused for being a replay, or for coming too often, is so behind its MAC or without a
/// look at it. The MAC is not at fault: a line of its own says what is.
enum ReplayReading {
    static func lines(of record: PacketRecord) -> [Dissection.Line] {
        var lines = Dissection(
            frame: record.bytes, refusal: record.refusal, plain: record.plain
        ).lines
        guard let refusal = record.refusal, let mac = lines.last, mac.mark == .failed,
            ["MAC", "CRC"].contains(mac.field), refusal.reason.stage != .mac
        else { return lines }
        let isReplay = refusal.reason.stage == .replay
        lines[lines.count - 1].mark = isReplay ? .passed : .none
        lines[lines.count - 1].meaning =
            isReplay ? "\(Numbers.counted(UInt64(mac.bytes.count), "byte")) hold" : "not looked at"
        var verdict = mac
        verdict.offset = mac.offset + mac.bytes.count
        (verdict.bytes, verdict.field) = ([], isReplay ? "replay" : refusal.reason.name)
        lines.append(verdict)
        return lines
    }
}
