/// A key that is not valid any more, kept to explain failures.
public struct RetiredKey: Sendable {
    public var model: ModelID
    public var key: HMACKey
    /// Makes the keys of single devices; nil where the model has none.
    public var derivation: KeyDerivation?
    /// For people: `generation 3, replaced 2026-01-17T14:30:00.000Z`.
    public var name: String

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
    /// - Parameter frame: A whole frame that was refused as `mac_mismatch`.
    /// - Returns: A sentence, or nil when nothing that is known would have matched.
    public static func examine(
        frame: [UInt8], valid: KeyTable, retired: [RetiredKey]
    ) -> String? {
        guard let bounds = FrameBounds(readingAt: 0, in: frame.span), bounds.header.level != .none
        else { return nil }
        let device = CBORScan.deviceID(in: frame.span, bounds.payload)
        let suspect = Suspect(
            frame: frame, bounds: bounds, device: device?.content(in: frame.span))
        return suspect.retiredSecret(retired) ?? suspect.modelsOwnKey(valid)
            ?? suspect.otherModel(valid) ?? suspect.otherLength(valid)
    }

    private struct Suspect {
        let frame: [UInt8]
        let bounds: FrameBounds
        let device: [UInt8]?

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
            return "valid under a retired secret (\(match.name)): this device has not been updated"
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
            let keys =
                entry.derivations.isEmpty
                ? entry.keys : entry.derivations.compactMap { own($0, entry.model) }
            let short = bounds.mac.lowerBound..<bounds.mac.lowerBound + 16
            let match = keys.contains {
                $0.verifies(frame.span, bounds.authenticated, mac: short)
            }
            guard match else { return nil }
            return "its first 16 bytes match: the device cuts the MAC as for level standard"
        }
    }
}
