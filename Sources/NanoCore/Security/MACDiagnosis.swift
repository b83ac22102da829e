/// A key that is not valid any more, kept to explain failures.
public struct RetiredKey: Sendable {
    public var model: ModelID
    public var key: HMACKey
    /// For people: `generation 3, replaced 2026-01-17T14:30:00.000Z`.
    public var name: String

    public init(model: ModelID, key: HMACKey, name: String) {
        self.model = model
        self.key = key
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
        let suspect = Suspect(frame: frame, bounds: bounds)
        return suspect.retiredSecret(retired) ?? suspect.otherModel(valid)
            ?? suspect.otherLength(valid)
    }

    private struct Suspect {
        let frame: [UInt8]
        let bounds: FrameBounds

        private func matches(_ key: HMACKey) -> Bool {
            key.verifies(frame.span, bounds.authenticated, mac: bounds.mac)
        }

        func retiredSecret(_ retired: [RetiredKey]) -> String? {
            let own = retired.filter { $0.model == bounds.header.model }
            guard let match = own.first(where: { matches($0.key) }) else { return nil }
            return "valid under a retired secret (\(match.name)): this device has not been updated"
        }

        func otherModel(_ valid: KeyTable) -> String? {
            let other = valid.models.first { entry in
                entry.model != bounds.header.model && entry.keys.contains(where: matches)
            }
            guard let other else { return nil }
            return "valid with the secret of \(other.model) \(other.name): wrong model id?"
        }

        /// The MAC of another level begins with the same bytes.
        func otherLength(_ valid: KeyTable) -> String? {
            let sent = bounds.header.level.macLength
            guard sent == MAC.length, let keys = valid[bounds.header.model]?.keys else {
                return nil
            }
            let short = bounds.mac.lowerBound..<bounds.mac.lowerBound + 16
            let match = keys.contains {
                $0.verifies(frame.span, bounds.authenticated, mac: short)
            }
            guard match else { return nil }
            return "its first 16 bytes match: the device cuts the MAC as for level standard"
        }
    }
}
