/// What is known of one device to those who watch it: some hundred bytes, whatever it sends.
struct WatchedDevice: Sendable {
    private(set) var pace: DevicePace
    private(set) var rate = DeviceRate()
    private(set) var clock = DeviceClock()
    private(set) var fields: [FieldHistory] = []
    /// Monotonic nanoseconds since when it is known.
    private let knownSince: UInt64
    /// Packets at the last look.
    private var accepted: UInt64
    /// Monotonic nanoseconds since when it is other than usual, by ``AnomalyKind/rawValue``; 0 for not.
    private var since = InlineArray<6, UInt64>(repeating: 0)
    /// Why the newest refused frame with its name was refused.
    private var refusal: Refusal?
    /// What was found out about that, or about one before it for the same reason.
    private var diagnosis: String?
    /// Monotonic nanoseconds at which that was.
    private var refusedAt: UInt64 = 0

    /// A device that says nothing for so long is gone, and its silence no anomaly any more.
    static let goneSeconds = 86_400.0

    init(_ row: DeviceSnapshot, now nanoseconds: UInt64) {
        pace = DevicePace(now: nanoseconds)
        knownSince = nanoseconds
        accepted = row.accepted
    }

    /// Takes in what has changed since the last look, so many seconds ago.
    mutating func look(
        _ row: DeviceSnapshot, seconds: Double, now nanoseconds: UInt64, rules: WatchRules
    ) {
        let packets = row.accepted - min(accepted, row.accepted)
        accepted = row.accepted
        rate.note(
            packets: packets, seconds: seconds, factor: rules.surgeFactor,
            isSilent: pace.isSilent(now: nanoseconds, intervals: rules.silentIntervals))
        if packets > 0 {
            pace.heard(now: nanoseconds, intervals: rules.silentIntervals)
            clock.note(
                ahead: row.clockOffsetSeconds, now: nanoseconds, jump: rules.jumpSeconds)
        } else if pace.silence(now: nanoseconds) > Self.goneSeconds {
            pace = DevicePace(now: nanoseconds)
        }
        judge(now: nanoseconds, rules)
    }

    /// Leaves out time since the last look in which nobody could be heard.
    mutating func leaveOut(_ row: DeviceSnapshot, nanoseconds: UInt64, now: UInt64) {
        pace.leaveOut(nanoseconds: nanoseconds, now: now)
        rate.miss(seconds: Double(nanoseconds) / 1e9)
        accepted = row.accepted
    }

    /// Takes note of a refused frame with its name, which may be another's.
    mutating func note(_ refusal: Refusal, diagnosis: String?, at nanoseconds: UInt64) {
        guard nanoseconds >= refusedAt else { return }
        if let diagnosis {
            self.diagnosis = diagnosis
        } else if refusal.reason != self.refusal?.reason {
            self.diagnosis = nil
        }
        self.refusal = refusal
        refusedAt = nanoseconds
    }

    mutating func gatewayStepped(by seconds: Double) {
        clock.gatewayStepped(by: seconds)
    }

    /// Takes in one measurement; beyond the first fields there is no room.
    mutating func note(
        field name: UInt16, _ value: Double, now nanoseconds: UInt64, rules: WatchRules
    ) {
        let known = Double(nanoseconds - min(knownSince, nanoseconds)) / 1e9
        if let place = fields.firstIndex(where: { $0.name == name }) {
            fields[place].note(
                value, spreads: rules.valueSpreads, mayJudge: known >= rules.valueLearningSeconds)
        } else if fields.count < Measurements.most {
            fields.append(FieldHistory(name: name, first: value))
        }
    }

    /// Since when it is other than usual in this way, in monotonic nanoseconds; nil when it is not.
    func since(_ kind: AnomalyKind) -> UInt64? {
        let since = since[Int(kind.rawValue)]
        return since > 0 ? since : nil
    }

    private mutating func judge(now nanoseconds: UInt64, _ rules: WatchRules) {
        for kind in AnomalyKind.allCases {
            let place = Int(kind.rawValue)
            if !shows(kind, nanoseconds, rules) {
                since[place] = 0
            } else if since[place] == 0 {
                since[place] = max(1, nanoseconds)
            }
        }
    }

    private func isSilent(_ nanoseconds: UInt64, _ rules: WatchRules) -> Bool {
        rules.watchesSilence
            && pace.isSilent(now: nanoseconds, intervals: rules.silentIntervals)
    }

    /// Whether frames with its name were refused since it was heard, and have not ended.
    private func isRefused(_ nanoseconds: UInt64, _ rules: WatchRules) -> Bool {
        guard refusal != nil, refusedAt > pace.heardAt else { return false }
        let pause = Double(nanoseconds - min(nanoseconds, refusedAt)) / 1e9
        return pause <= pace.limit(intervals: rules.silentIntervals)
    }

    private func shows(_ kind: AnomalyKind, _ nanoseconds: UInt64, _ rules: WatchRules) -> Bool {
        let stands = since(kind) != nil
        switch kind {
        case .silence: return isSilent(nanoseconds, rules) && !isRefused(nanoseconds, rules)
        case .refused: return isSilent(nanoseconds, rules) && isRefused(nanoseconds, rules)
        case .surge:
            return rules.watchesSurges
                && rate.isSurging(factor: rules.surgeFactor, stands: stands)
        case .clockDrift:
            let limit = stands ? rules.driftSeconds / 2 : rules.driftSeconds
            return rules.watchesClocks && Double(abs(clock.drift)) >= limit
        case .clockJump: return rules.watchesClocks && clock.jumped != 0
        case .value: return rules.watchesValues && fields.contains(where: \.isOutside)
        }
    }
}

extension WatchedDevice {
    /// What was wrong with a frame, and nothing of its payload, which not everybody may see.
    private static func words(_ refusal: Refusal, _ diagnosis: String?) -> String {
        if refusal.reason.stage == .payload { return refusal.reason.name }
        // Whose secret it is says more than that it is another.
        guard refusal.reason == .macMismatch, let diagnosis else {
            return SafeText.escaped(refusal.words)
        }
        return SafeText.escaped(diagnosis)
    }

    /// How often it is heard, as far as that was measured: a pause is no shorter than the time between two
    /// looks, however much comes then.
    private var rhythm: String {
        let pause = PlainWords.time(seconds: Double(pace.usualSeconds))
        guard rate.usual * pace.usualSeconds > 1.2 else { return "heard every \(pause)" }
        guard rate.knows else { return "heard within \(pause)" }
        return rate.usual < 1
            ? "heard every \(PlainWords.shortTime(seconds: 1 / Double(rate.usual)))"
            : "\(PlainWords.decimal(Double(rate.usual))) packets/s"
    }

    /// What was found, and what is usual; safe to be shown.
    ///
    /// - Parameter names: Those of the fields.
    func evidence(of kind: AnomalyKind, now nanoseconds: UInt64, names: [String]) -> String {
        switch kind {
        case .silence:
            let silence = PlainWords.time(seconds: pace.silence(now: nanoseconds))
            return "silent for \(silence), usually \(rhythm)"
        case .refused:
            let silence = PlainWords.time(seconds: pace.silence(now: nanoseconds))
            let words = refusal.map { Self.words($0, diagnosis) } ?? ""
            return
                "nothing accepted for \(silence), usually \(rhythm); what comes in its name is refused: "
                + words
        case .surge:
            return "\(PlainWords.decimal(Double(rate.current))) packets/s, usually "
                + PlainWords.decimal(Double(rate.usual))
        case .clockDrift:
            let moved = PlainWords.shortTime(seconds: Double(abs(clock.drift)))
            let daily = abs(clock.driftPerDay(now: nanoseconds))
            return "its clock \(clock.drift < 0 ? "lost" : "gained") \(moved), "
                + "\(PlainWords.shortTime(seconds: daily)) a day"
        case .clockJump:
            let jump = PlainWords.shortTime(seconds: Double(abs(clock.jumped)))
            return "its clock jumped \(jump) \(clock.jumped < 0 ? "back" : "forward")"
        case .value:
            guard let field = fields.first(where: \.isOutside) else { return "" }
            let name = SafeText.shortened(names[Int(field.name)], to: 32)
            let (last, center) = (
                PlainWords.measured(field.last), PlainWords.measured(field.center)
            )
            return "\(name) \(last), usually \(center) ± "
                + PlainWords.measured(Double(field.spread))
        }
    }
}
