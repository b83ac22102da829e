/// A key that is not valid any more, kept to explain failures.
public struct RetiredKey: Sendable {
    public var model: ModelID
    public var key: HMACKey
    /// Makes the keys of single devices; nil where the model has none.
    public var derivation: KeyDerivation?
    /// For people: `generation 3`.
    public var name: String
    /// When another took its place, in milliseconds of Unix time; nil where that is not known.
    public var replacedUnixMilliseconds: Int64?
    /// Whether it was the one right before the current one.
    public var isPrevious = false

    public init(
        model: ModelID, key: HMACKey, derivation: KeyDerivation? = nil, name: String
    ) {
        self.model = model
        self.key = key
        self.derivation = derivation
        self.name = name
    }
}

/// Finds out why a MAC fails: which other key, or which other length, would have matched.
///
/// It hashes the frame once for every key, so it is for the operator's few and never in the way of
/// a packet. What it says is for the operator alone.
public enum MACDiagnosis {
    /// - Parameters:
    ///   - frame: A whole frame that was refused as `mac_mismatch` or `security_too_low`.
    ///   - unixMilliseconds: When it came; nil where that is not known.
    /// - Returns: A sentence, or nil when nothing that is known would have matched.
    public static func examine(
        frame: [UInt8], valid: KeyTable, retired: [RetiredKey], at unixMilliseconds: Int64? = nil
    ) -> String? {
        guard let bounds = FrameBounds(readingAt: 0, in: frame.span) else { return nil }
        let device = CBORScan.deviceID(in: frame.span, bounds.payload)
        let suspect = Suspect(
            frame: frame, bounds: bounds, device: device?.content(in: frame.span),
            unixMilliseconds: unixMilliseconds)
        if let low = suspect.lowLevel(valid) { return low }
        guard bounds.header.level != .none else { return nil }
        return suspect.retiredSecret(retired) ?? suspect.modelsOwnKey(valid)
            ?? suspect.otherModel(valid) ?? suspect.otherLength(valid)
    }

    private struct Suspect {
        let frame: [UInt8]
        let bounds: FrameBounds
        let device: [UInt8]?
        let unixMilliseconds: Int64?

        private func matches(_ key: HMACKey) -> Bool {
            key.verifies(frame.span, bounds.authenticated, mac: bounds.mac)
        }

        /// Whether the key that this device would have of a model matches.
        private func matches(_ derivation: KeyDerivation, _ model: ModelID) -> Bool {
            own(derivation, model).map(matches) ?? false
        }

        private func own(_ derivation: KeyDerivation, _ model: ModelID) -> HMACKey? {
            device.map { device in
                HMACKey(
                    derived: derivation.key(for: .authentication, model: model, device: device))
            }
        }

        func retiredSecret(_ retired: [RetiredKey]) -> String? {
            let own = retired.filter { $0.model == bounds.header.model }
            let match = own.first { retired in
                matches(retired.key)
                    || retired.derivation.map { matches($0, retired.model) } == true
            }
            guard let match else { return nil }
            let which = match.isPrevious ? "the previous secret" : "a retired secret"
            let ended = match.replacedUnixMilliseconds.flatMap { replaced in
                unixMilliseconds.map { came in
                    let seconds = Double(max(0, came - replaced)) / 1_000
                    return ", rotated \(PlainWords.time(seconds: seconds)) before"
                }
            }
            return "valid under \(which) (\(match.name))\(ended ?? ""): this device has not been "
                + "updated"
        }

        /// The firmware signs at a lower level than its model needs, rightly or not.
        func lowLevel(_ valid: KeyTable) -> String? {
            let level = bounds.header.level
            guard let entry = valid[bounds.header.model], level < entry.minimumLevel else {
                return nil
            }
            let needs = "\(entry.model) \(entry.name) needs \(entry.minimumLevel.name.uppercased())"
            let sets = "the firmware sets \(level.name.uppercased()), but \(needs)"
            guard level != .none else { return "a checksum in place of a MAC: \(sets)" }
            let holds = keys(of: entry).contains(where: matches)
            guard level.macLength < MAC.length else {
                return holds
                    ? "the MAC is valid: \(sets)" : "\(sets), and the MAC is not valid either"
            }
            return "MAC cut to \(level.macLength) bytes: \(sets)"
                + (holds ? "" : "; and it is not valid under any of its secrets")
        }

        /// The keys that this frame could be signed with.
        private func keys(of entry: ModelKeys) -> [HMACKey] {
            entry.derivations.isEmpty
                ? entry.keys : entry.derivations.compactMap { own($0, entry.model) }
        }

        /// Where devices have keys of their own.
        func modelsOwnKey(_ valid: KeyTable) -> String? {
            guard let entry = valid[bounds.header.model], !entry.derivations.isEmpty,
                entry.keys.contains(where: matches)
            else { return nil }
            return "valid with the model's secret itself: the device has to use a key of its own, "
                + "derived from its device_id"
        }

        func otherModel(_ valid: KeyTable) -> String? {
            let other = valid.models.first { entry in
                entry.model != bounds.header.model
                    && (entry.keys.contains(where: matches)
                        || entry.derivations.contains { matches($0, entry.model) })
            }
            guard let other else { return nil }
            return "valid with the secret of \(other.model) \(other.name): wrong model id?"
        }

        /// The MAC of another level begins with the same bytes.
        func otherLength(_ valid: KeyTable) -> String? {
            let sent = bounds.header.level.macLength
            guard sent == MAC.length, let entry = valid[bounds.header.model] else { return nil }
            let short = bounds.mac.lowerBound..<bounds.mac.lowerBound + 16
            let match = keys(of: entry).contains {
                $0.verifies(frame.span, bounds.authenticated, mac: short)
            }
            guard match else { return nil }
            return "its first 16 bytes match: the device cuts the MAC as for level standard"
        }
    }
}
